"""The official SDKs, unchanged, against `centurion simulate`.

    python run.py target/debug/centurion

Each check is of a value that an SDK gives back, or of the request that it sent, as the simulator recorded it.
An SDK that cannot work with the simulator means that the simulator is not like the service.
"""

import json
import subprocess
import sys
import traceback
import urllib.request

import kubiya_witness
import run_ai_witness
import sap_witness

# So many checks ran when this was last changed. Fewer is a loss.
FLOORS = {sap_witness: 86, run_ai_witness: 76, kubiya_witness: 34}


class Checks:
    """Counts what was checked and keeps what was wrong."""

    def __init__(self, url):
        self.url = url
        self.count = 0
        self.wrong = []

    def same(self, what, got, expected):
        self.count += 1
        if got != expected:
            self.wrong.append(f"{what}: {got!r} where {expected!r} was expected")

    def true(self, what, got):
        self.same(what, bool(got), True)

    def raises(self, what, kind, call):
        """Checks that a call fails so, and gives the error."""
        try:
            call()
        except kind as error:
            self.count += 1
            return error
        self.same(what, "no error", kind.__name__)
        return None

    def sent(self):
        """The requests so far, oldest first."""
        with urllib.request.urlopen(f"{self.url}/_simulator/requests") as answer:
            return json.load(answer)

    def last(self, what, method, path, query=None, body=None):
        """Checks the request that came last."""
        last = self.sent()[-1]
        self.same(f"{what}: request", [last["method"], last["path"]], [method, path])
        if query is not None:
            self.same(f"{what}: query", last["query"], query)
        if body is not None:
            self.same(f"{what}: body", last["body"], body)

    def faults(self, faults):
        """Switches faults on; an empty list ends them."""
        body = json.dumps(faults).encode()
        request = urllib.request.Request(f"{self.url}/_simulator/faults", body, {"content-type": "application/json"})
        urllib.request.urlopen(request).close()


def witness(module, ready, floor):
    """Runs one SDK's checks. Whether all held, and there were enough."""
    checks = Checks(ready["url"])
    try:
        module.run(checks, ready)
    except Exception:
        checks.wrong.append(traceback.format_exc())
    print(f"witness: {module.SDK}: {checks.count} checks, at least {floor}")
    for wrong in checks.wrong:
        print(f"  {wrong}")
    return not checks.wrong and checks.count >= floor


def main(binary):
    # So slow that nothing moves between two calls but by what was asked.
    command = [binary, "simulate", "--listen", "127.0.0.1:0", "--speed", "0.001"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as simulator:
        try:
            ready = json.loads(simulator.stdout.readline())
            held = [witness(module, ready, floor) for module, floor in FLOORS.items()]
        finally:
            simulator.terminate()
    return 0 if all(held) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
