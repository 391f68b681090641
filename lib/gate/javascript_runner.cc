// node's own JUnit reporter names neither files nor what was thrown.
#include "gate/javascript_runner.h"

namespace gf::gate {

const char* const kNodeReporter = R"js(
import path from 'node:path';

const told = (entry) => JSON.stringify(entry) + '\n';
const textOf = (error) => {
  if (!error) return '';
  const cause = error.cause;
  const thrown = cause && typeof cause === 'object' ? cause : error;
  if (typeof cause === 'string') return cause;
  const name = thrown.name || 'Error', message = String(thrown.message || error.message || '');
  const code = thrown.code && name === 'AssertionError' ? ' [' + thrown.code + ']' : '';
  const stack = String(thrown.stack || '');
  const at = stack.indexOf('\n    at ');
  return name + code + ': ' + message + (at < 0 ? '' : stack.slice(at));
};

export default async function* reporter(source) {
  const names = new Map(), printed = new Map(), seen = new Set();
  for await (const { type, data } of source) {
    const file = data.file || '';
    if (type === 'test:stderr' || type === 'test:stdout') {
      const text = (printed.get(file) || '') + data.message;
      printed.set(file, text.slice(-20000));
      continue;
    }
    const own = names.get(file) || [];
    if (type === 'test:start') {
      own.length = data.nesting;
      own[data.nesting] = data.name;
      names.set(file, own);
      continue;
    }
    if (type !== 'test:pass' && type !== 'test:fail') continue;
    const error = data.details && data.details.error;
    const isFile = data.nesting === 0 && path.resolve(data.name) === path.resolve(file || '.');
    if (isFile) {
      const text = printed.get(file) || textOf(error);
      if (type === 'test:fail' && !seen.has(file)) yield told({ file, name: '', status: 'file', text });
      continue;
    }
    seen.add(file);
    const holdsOthers = error && error.failureType === 'subtestsFailed';
    if (holdsOthers || (data.details && data.details.type === 'suite' && type === 'test:pass')) continue;
    const name = own.slice(0, data.nesting).concat(data.name).join('::');
    const skipped = data.skip !== undefined || data.todo !== undefined;
    const status = skipped ? 'skipped' : type === 'test:pass' ? 'passed' : 'failed';
    yield told({ file, name, status, text: status === 'failed' ? textOf(error) : '' });
  }
  yield told({ end: true });
}
)js";

}  // namespace gf::gate
