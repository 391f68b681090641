#include "env/measure.h"

#include <algorithm>

#include "base/files.h"

namespace gf::env {
namespace {

constexpr const char* kPluginModule = "_git_factory_measure";

/// Whatever goes wrong in measuring is no business of the tests: no report is left then.
constexpr const char* kPlugin = R"py("""pytest-cov's options, by coverage.py alone."""
import os
import pytest
try:
    import coverage
except ImportError:
    coverage = None

FLAGS = ("--cov-branch", "--cov-append", "--cov-reset", "--no-cov", "--no-cov-on-fail")
VALUES = ("--cov-config", "--cov-context", "--cov-fail-under", "--cov-precision")
measuring = None


def pytest_addoption(parser):
    group = parser.getgroup("cov")
    group.addoption("--cov", action="append", default=[], nargs="?", const="", dest="gf_cov")
    group.addoption("--cov-report", action="append", default=[], dest="gf_cov_report")
    for name in FLAGS:
        group.addoption(name, action="store_true", dest="gf" + name.replace("-", "_"))
    for name in VALUES:
        group.addoption(name, action="store", dest="gf" + name.replace("-", "_"))


def pytest_configure(config):
    config.addinivalue_line("markers", "no_cover: not measured (pytest-cov)")


@pytest.hookimpl(tryfirst=True)
def pytest_load_initial_conftests(early_config):
    global measuring
    asked = early_config.known_args_namespace
    several = getattr(asked, "numprocesses", None) or "PYTEST_XDIST_WORKER" in os.environ
    if coverage is None or several or not asked.gf_cov or asked.gf__no_cov:
        return
    try:
        measuring = coverage.Coverage(
            data_file=None,
            branch=True if asked.gf__cov_branch else None,
            source=[one for one in asked.gf_cov if one] or None,
            config_file=asked.gf__cov_config or True,
            messages=False,
        )
        measuring._warn_no_data = False
        measuring.start()
    except Exception:
        measuring = None


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session):
    if measuring is None:
        return
    try:
        measuring.stop()
        for report in session.config.option.gf_cov_report:
            kind, _, path = report.partition(":")
            if kind == "xml" and path:
                measuring.xml_report(outfile=path, ignore_errors=True)
    except Exception:
        pass


@pytest.fixture
def no_cover():
    return None


@pytest.fixture
def cov():
    return None
)py";

}  // namespace

bool lacks_measuring(const Interpreter& interpreter) {
  const std::vector<std::string>& lacks = interpreter.lacks;
  return std::find(lacks.begin(), lacks.end(), kMeasuring) != lacks.end();
}

Result<void> write_measuring(const std::string& site) {
  std::string info = site + "/git_factory_measure-1.dist-info";
  GF_TRY(write_file(site + "/" + kPluginModule + ".py", kPlugin));
  GF_TRY(write_file(info + "/METADATA",
                    "Metadata-Version: 2.1\nName: git-factory-measure\nVersion: 1\n"));
  return write_file(info + "/entry_points.txt",
                    std::string("[pytest11]\ngit_factory_measure = ") + kPluginModule + "\n");
}

}  // namespace gf::env
