"""Kubiya, by `kubiya-sdk`. It has no service for executions: its generic request reaches them."""

from kubiya.control_plane_client import ControlPlaneClient
from kubiya.core.exceptions import APIError, AuthenticationError

SDK = "kubiya-sdk"
ROOT = "/api/v1/executions"
TERMINATE = f"{ROOT}/batch/terminate"
NOBODY = "00000000-0000-4000-8000-00000000dead"
ROW = {
    "id", "organization_id", "execution_type", "entity_id", "entity_name", "prompt", "system_prompt", "status",
    "response", "error_message", "usage", "execution_metadata", "runner_name", "user_id", "user_name", "user_email",
    "user_avatar", "created_at", "started_at", "completed_at", "updated_at", "participants", "last_message_at",
    "last_message_preview",
}  # fmt: skip


def run(checks, ready):
    account = ready["kubiya"]
    client = ControlPlaneClient(account["api_key"], base_url=account["base_url"], max_retries=0)
    checks.same("health", client.health.check()["status"], "healthy")
    rows = listing(checks, client)
    terminating(checks, client, rows)
    refusals(checks, client, account)


def listing(checks, client):
    def get(**params):
        return client.make_request("GET", ROOT, params=params).json()

    rows = get(limit=1000)
    checks.last("list", "GET", ROOT, "limit=1000")
    checks.same("list: members", {frozenset(row) for row in rows}, {frozenset(ROW)})
    ages = [row["created_at"] for row in rows]
    checks.same("list: newest first", [age[:19] for age in ages], sorted((age[:19] for age in ages), reverse=True))
    pages, skip = [], 0
    while page := get(skip=skip, limit=10):
        pages += page
        skip += 10
    checks.same("pages until an empty one", [row["id"] for row in pages], [row["id"] for row in rows])
    for status in ["running", "waiting_for_input", "completed"]:
        found = [row["id"] for row in get(status_filter=status, limit=1000)]
        checks.same(f"only {status}", found, [row["id"] for row in rows if row["status"] == status])
    checks.same("several statuses", get(status_filter="running,pending"), [])
    checks.same("the CLI's filter", len(get(status="running", limit=1000)), len(rows))
    one = client.make_request("GET", f"{ROOT}/{rows[0]['id']}").json()
    checks.same("get", [one["id"], one["prompt"], one["participants"]], [rows[0]["id"], rows[0]["prompt"], []])
    return rows


def terminating(checks, client, rows):
    of = lambda *statuses: [row["id"] for row in rows if row["status"] in statuses]
    ids = [*of("running", "pending")[:8], of("waiting_for_input")[0], NOBODY]
    body = {"execution_ids": ids, "reason": "witness"}
    answer = client.make_request("POST", TERMINATE, data=body).json()
    checks.last("terminate", "POST", TERMINATE, body=body)
    results = answer["results"]
    checks.same("terminate: in order", [result["execution_id"] for result in results], ids)
    good = [result for result in results if result["success"]]
    totals = [answer["total_requested"], answer["total_succeeded"], answer["total_failed"]]
    checks.same("terminate: totals", totals, [len(ids), len(good), len(ids) - len(good)])
    checks.true("terminate: some were", good)
    checks.true("terminate: times", all(result["terminated_at"].endswith("Z") for result in good))
    checks.true("terminate: workflows", all(result["execution_id"] in result["workflow_id"] for result in good))
    words = [result["error"] for result in results[-2:]]
    checks.same("terminate: refusals", words, ["Cannot terminate workflow in status: waiting_for_input", "Execution not found"])
    again = client.make_request("POST", TERMINATE, data={"execution_ids": [good[0]["execution_id"]], "reason": "again"}).json()
    checks.same("terminate again", again["results"][0]["error"], "Cannot terminate workflow in status: cancelled")
    cancelled = client.make_request("POST", f"{ROOT}/{of('waiting_for_input')[1]}/cancel").json()
    checks.same("cancel", cancelled["success"], True)
    resumed = client.make_request("POST", f"{ROOT}/{of('paused')[0]}/resume").json()
    checks.same("resume", resumed["success"], True)


def refusals(checks, client, account):
    def status(method, path, **kwargs):
        refused = checks.raises(f"{method} {path}", APIError, lambda: client.make_request(method, path, **kwargs))
        return refused and refused.status_code

    checks.same("get of nothing", status("GET", f"{ROOT}/{NOBODY}"), 404)
    checks.same("no ids", status("POST", TERMINATE, data={"execution_ids": [], "reason": "r"}), 422)
    checks.same("101 ids", status("POST", TERMINATE, data={"execution_ids": [NOBODY] * 101, "reason": "r"}), 422)
    checks.same("no reason", status("POST", TERMINATE, data={"execution_ids": [NOBODY]}), 422)
    checks.same("wrong method", status("GET", TERMINATE), 405)
    stranger = ControlPlaneClient("kby_nobody", base_url=account["base_url"], max_retries=0)
    checks.raises("another key", AuthenticationError, lambda: stranger.make_request("GET", ROOT))
