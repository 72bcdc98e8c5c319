"""A worker for a kubemin job type in plain Python: standard library only.

    WORKER_SECRET=... python3 worker.py 8090

Register it with tier T2 and this address; see docs/guide. The same attempt may be told twice after a crash on either
side, so `handle` must be safe to run again.
"""
import hashlib
import hmac
import json
import os
import sys
import threading
import time
import urllib.error
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

SECRET = os.environ["WORKER_SECRET"].encode()
RUNNING = set()


def handle(task, progress):
    """The work itself: counts the words of a text."""
    words = str(task["input"].get("text", "")).split()
    progress(50, "counting")
    if not words:
        raise ValueError("the text is empty")
    return {"words": len(words), "longest": max(words, key=len)}


def signature(timestamp, body):
    return "v1=" + hmac.new(SECRET, f"{timestamp}.".encode() + body, hashlib.sha256).hexdigest()


def is_signed(headers, body):
    stamp = headers.get("kubemin-timestamp", "")
    fresh = stamp.isdigit() and abs(time.time() - int(stamp)) <= 300
    return fresh and hmac.compare_digest(signature(stamp, body), headers.get("kubemin-signature", ""))


def tell(task, what, data):
    """True while kubemin wants the attempt to go on; None when it did not answer."""
    callback = task["callback"]
    headers = {"content-type": "application/json", "authorization": "Bearer " + callback["token"]}
    request = urllib.request.Request(callback["url"] + "/" + what, json.dumps(data).encode(), headers)
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return json.load(answer).get("goOn", True)
    except urllib.error.HTTPError as error:
        return None if error.code >= 500 else False
    except OSError:
        return None


def carry_out(task, name):
    done = threading.Event()
    standing = {}

    def beat():
        while not done.wait(task["heartbeatEvery"] / 2):
            tell(task, "heartbeat", standing)

    def progress(percent, detail=""):
        standing.update(progress=percent, detail=detail)
        tell(task, "heartbeat", standing)

    threading.Thread(target=beat, daemon=True).start()
    try:
        end = {"outputs": handle(task, progress)}
    except Exception as error:  # whatever went wrong is told, so that nobody waits
        end = {"error": {"code": type(error).__name__, "message": str(error), "retryable": False}}
    done.set()
    for wait in (0.5, 1, 2, 4, 8, 15, 15):
        if tell(task, "complete", end) is not None:
            break
        time.sleep(wait)
    RUNNING.discard(name)


class Worker(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("content-length", 0)))
        if self.path != "/v1/execute":
            return self.reply(404, {"message": "POST /v1/execute"})
        if not is_signed(self.headers, body):
            return self.reply(401, {"message": "the signature is missing, wrong or too old"})
        task = json.loads(body)
        if task["type"] != "word-count":
            return self.reply(404, {"message": "no handler for " + task["type"]})
        name = (task["runId"], task["step"], task["attempt"])
        if name not in RUNNING:  # the same attempt told twice goes on as it is
            RUNNING.add(name)
            threading.Thread(target=carry_out, args=(task, name), daemon=True).start()
        self.reply(202, {"accepted": True})

    def reply(self, status, data):
        body = json.dumps(data).encode()
        stamp = str(int(time.time()))
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        self.send_header("kubemin-timestamp", stamp)
        self.send_header("kubemin-signature", signature(stamp, body))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


if __name__ == "__main__":
    server = ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1]) if len(sys.argv) > 1 else 0), Worker)
    print(f"http://127.0.0.1:{server.server_port}", flush=True)
    server.serve_forever()
