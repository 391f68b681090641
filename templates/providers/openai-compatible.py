#!/usr/bin/env python3
"""A model for git-factory from any OpenAI-compatible server, a local Ollama's /v1 included.

OPENAI_BASE_URL (with /v1; default https://api.openai.com/v1) and OPENAI_API_KEY say where and as whom.
One JSON object on standard input, one on standard output; README.md beside this file has the set-up.
"""
import json
import os
import sys
import urllib.error
import urllib.request

RATE_LIMIT, AUTH, NO_MODEL, FAILED, LATE = 75, 76, 77, 1, 124
MAX_ANSWER = 32 << 20


def message(item):
    """One message of ours as the server wants it: arguments are text there, an object here."""
    out = {"role": item["role"], "content": item.get("content") or ""}
    if item.get("tool_calls"):
        out["tool_calls"] = [
            {"id": call["id"], "type": "function",
             "function": {"name": call["name"], "arguments": json.dumps(call.get("arguments") or {})}}
            for call in item["tool_calls"]]
    if item.get("tool_call_id"):
        out["tool_call_id"] = item["tool_call_id"]
    return out


def question(asked):
    body = {"model": asked["model"], "messages": [message(m) for m in asked["messages"]], "stream": False}
    if asked.get("temperature") is not None:
        body["temperature"] = asked["temperature"]
    if asked.get("max_output_tokens"):
        body["max_tokens"] = asked["max_output_tokens"]
    if asked.get("tools"):
        body["tools"] = [{"type": "function", "function": tool} for tool in asked["tools"]]
    elif asked.get("schema"):
        # With tools many servers take no response_format; the prompt repeats the schema anyway.
        body["response_format"] = {
            "type": "json_schema", "json_schema": {"name": "answer", "schema": asked["schema"]}}
    return body


def answer(reply):
    choice = reply["choices"][0]
    said = choice["message"]
    out = {"text": said.get("content") or "", "model": reply.get("model", "")}
    calls = [{"id": call.get("id") or "", "name": call["function"]["name"],
              "arguments": call["function"].get("arguments") or "{}"}
             for call in said.get("tool_calls") or []]
    if calls:
        out["tool_calls"] = calls
    if choice.get("finish_reason"):
        out["finish"] = choice["finish_reason"]
    usage = reply.get("usage") or {}
    if usage.get("prompt_tokens") is not None:
        out["usage"] = {"input_total": usage["prompt_tokens"],
                        "output_total": usage.get("completion_tokens", 0), "source": "reported"}
    return out


def stop(status, why):
    print(" ".join(str(why).split())[:300], file=sys.stderr)
    sys.exit(status)


class NoRedirect(urllib.request.HTTPRedirectHandler):
    """A redirect could carry the key to another host."""

    def redirect_request(self, *_):
        return None


def main():
    asked = json.load(sys.stdin)
    base = os.environ.get("OPENAI_BASE_URL", "https://api.openai.com/v1").rstrip("/")
    headers = {"Content-Type": "application/json"}
    if os.environ.get("OPENAI_API_KEY"):
        headers["Authorization"] = "Bearer " + os.environ["OPENAI_API_KEY"]
    request = urllib.request.Request(base + "/chat/completions", json.dumps(question(asked)).encode(), headers)
    try:
        with urllib.request.build_opener(NoRedirect).open(request, timeout=590) as response:
            reply = json.loads(response.read(MAX_ANSWER))
        json.dump(answer(reply), sys.stdout)
    except urllib.error.HTTPError as error:
        status = {401: AUTH, 403: AUTH, 404: NO_MODEL, 429: RATE_LIMIT, 503: RATE_LIMIT}.get(error.code, FAILED)
        stop(status, f"HTTP {error.code}: {error.read(2000).decode('utf-8', 'replace')}")
    except TimeoutError as error:
        stop(LATE, error)
    except (OSError, ValueError, KeyError, IndexError, TypeError, AttributeError) as error:
        stop(FAILED, f"{type(error).__name__}: {error}")


if __name__ == "__main__":
    main()
