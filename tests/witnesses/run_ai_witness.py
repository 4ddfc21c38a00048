"""NVIDIA Run:ai, by `runapy`. Its typed models, which it does not apply by itself, validate every answer."""

from runai import models
from runai.api_client import ApiClient
from runai.configuration import Configuration
from runai.exceptions import ApiException
from runai.runai_client import RunaiClient

SDK = "runapy"
ROOT = "/api/v1/workloads"
NOBODY = "00000000-0000-4000-8000-00000000dead"


def run(checks, ready):
    account = ready["run_ai"]
    configuration = Configuration(
        client_id=account["client_id"],
        client_secret=account["client_secret"],
        runai_base_url=account["base_url"],
        retry_enabled=False,
    )
    with ApiClient(configuration) as api:
        client = RunaiClient(api)
        tokens = [sent for sent in checks.sent() if sent["path"] == "/api/v1/token"]
        checks.same("token", [tokens[0]["method"], tokens[0]["status"]], ["POST", 200])
        rows = listing(checks, client.workloads.workloads)
        filters(checks, client.workloads.workloads, rows)
        details(checks, client.workloads, rows)
        batches(checks, client.workloads, rows)
        refusals(checks, client.workloads)


def typed(checks, what, model, *answers):
    """Checks that one of the SDK's models takes every answer."""
    refused = []
    for answer in answers:
        try:
            model.from_dict(answer)
        except ValueError as error:
            refused.append(str(error))
    checks.same(f"{what}: {model.__name__}", refused, [])


def listing(checks, client):
    rows = client.get_workloads(limit=500, sort_by="createdAt", sort_order="asc").data["workloads"]
    checks.last("list", "GET", ROOT, "limit=500&sortOrder=asc&sortBy=createdAt")
    typed(checks, "rows", models.Workload, *rows)
    ages = [row["createdAt"] for row in rows]
    checks.same("sort by age", ages, sorted(ages))
    checks.same("ids once", len({row["id"] for row in rows}), len(rows))
    checks.same("count", client.count_workloads().data["count"], len(rows))
    checks.last("count", "GET", f"{ROOT}/count")
    first = client.get_workloads(limit=10, sort_by="createdAt", sort_order="asc").data
    typed(checks, "page", models.GetWorkloads200Response, first)
    checks.same("next", first["next"], 10)
    second = client.get_workloads(limit=10, offset=10, sort_by="createdAt", sort_order="asc").data
    pages = [row["id"] for row in first["workloads"] + second["workloads"]]
    checks.same("pages", pages, [row["id"] for row in rows[:20]])
    checks.same("default page", len(client.get_workloads().data["workloads"]), 50)
    checks.true("deleted", all(row["deletedAt"] for row in client.get_workloads(deleted=True, limit=500).data["workloads"]))
    return rows


def filters(checks, client, rows):
    name = rows[0]["name"]
    for item, wanted in [
        ("phase==Running", lambda row: row["phase"] == "Running"),
        ("phase!=Running", lambda row: row["phase"] != "Running"),
        ("type==Training", lambda row: row["type"] == "Training"),
        ("name=@train", lambda row: "train" in row["name"]),
        ("name!@train", lambda row: "train" not in row["name"]),
        (f"name=^{name[:4]}", lambda row: row["name"].startswith(name[:4])),
        (f"name=${name[-2:]}", lambda row: row["name"].endswith(name[-2:])),
        (f"createdAt<={rows[9]['createdAt']}", lambda row: row["createdAt"] <= rows[9]["createdAt"]),
        (f"createdAt>={rows[9]['createdAt']}", lambda row: row["createdAt"] >= rows[9]["createdAt"]),
    ]:
        found = client.get_workloads(filter_by=[item], limit=500).data["workloads"]
        checks.same(f"filter {item}", {row["id"] for row in found}, {row["id"] for row in rows if wanted(row)})
        checks.same(f"count {item}", client.count_workloads(filter_by=[item]).data["count"], len(found))
    both = client.get_workloads(filter_by=["phase==Running", "type==Training"], limit=500).data["workloads"]
    checks.same("two filters", {(row["phase"], row["type"]) for row in both}, {("Running", "Training")})
    checks.last("two filters", "GET", ROOT, "limit=500&filterBy=phase%3D%3DRunning%2Ctype%3D%3DTraining")
    names = [row["name"] for row in client.get_workloads(sort_by="name", sort_order="desc", limit=500).data["workloads"]]
    checks.same("sort by name", names, sorted(names, reverse=True))
    found = client.get_workloads(search=name, limit=500).data["workloads"]
    checks.true("search", any(row["name"] == name for row in found))


def details(checks, client, rows):
    running = next(row for row in rows if row["phase"] == "Running")
    id = running["id"]
    one = client.workloads.get_workload(id).data
    checks.same("get", [one["id"], one["name"]], [id, running["name"]])
    typed(checks, "get", models.WorkloadDetailed, one)
    pending = next(row for row in rows if row["phase"] == "Pending")
    typed(checks, "get of what waits", models.WorkloadDetailed, client.workloads.get_workload(pending["id"]).data)
    events = client.events.get_workload_events(id, limit=5).data
    checks.last("events", "GET", f"{ROOT}/{id}/events", "limit=5")
    typed(checks, "events", models.GetWorkloadEvents200Response, events)
    checks.same("events: about it", {event["involvedObject"]["uid"] for event in events["events"]}, {id})
    times = [event["createdAt"] for event in events["events"]]
    checks.same("events: newest first", times, sorted(times, reverse=True))
    history = client.events.get_workload_history(id).data
    checks.last("history", "GET", f"{ROOT}/{id}/history")
    typed(checks, "history", models.GetWorkloadHistory200Response, history)
    checks.same("history: now", history["records"][-1]["spec"]["phaseUpdate"]["phase"], "Running")
    pods = client.pods.get_workload_pods(id).data
    checks.last("pods", "GET", f"{ROOT}/{id}/pods")
    typed(checks, "pods", models.ListPods200Response, pods)
    checks.same("pods: of it", {pod["workloadId"] for pod in pods["pods"]}, {id})


def batches(checks, client, rows):
    def send(ids, action):
        answer = client.workloads_batch.batch_workloads(models.WorkloadBatch(ids=ids, action=action)).data
        checks.last(action, "POST", f"{ROOT}/batch", body={"ids": ids, "action": action})
        typed(checks, action, models.BatchResponse, answer)
        failed = [failure["id"] for failure in answer["failed"]]
        checks.same(f"{action}: each id once", sorted(answer["succeeded"] + failed), sorted(ids))
        return answer

    def phases(ids):
        return {client.workloads.get_workload(id).data["phase"] for id in ids}

    of = lambda phase, *types: [row["id"] for row in rows if row["phase"] == phase and row["type"] in types]
    running, serving = of("Running", "Training", "Workspace")[:10], of("Running", "Inference")[0]
    suspended = send([*running, serving, NOBODY], "suspend")
    checks.same("suspend: afterwards", phases(suspended["succeeded"]), {"Stopping"})
    failures = {failure["id"]: [failure["code"], failure["message"]] for failure in suspended["failed"]}
    checks.same("suspend of an inference", failures[serving], [400, "suspend is not supported for this workload"])
    checks.same("suspend of nothing", failures[NOBODY], [404, "Resource id not found."])
    stopped = [row["id"] for row in rows if row["phase"] == "Stopped"]
    resumed = send(stopped[:4] + running[:1], "resume")
    checks.same("resume: afterwards", phases(resumed["succeeded"]), {"Resuming"})
    checks.true("resume of what stops", any(failure["id"] == running[0] for failure in resumed["failed"]))
    failed = [row["id"] for row in rows if row["phase"] == "Failed"]
    deleted = send(failed[:4], "delete")
    checks.same("delete: afterwards", phases(deleted["succeeded"]), {"Deleting"})


def refusals(checks, client):
    gone = checks.raises("get of nothing", ApiException, lambda: client.workloads.get_workload(NOBODY))
    checks.same("get of nothing: status", gone and gone.status, 404)
    for what, ids in [("no ids", []), ("101 ids", [f"00000000-0000-4000-8000-{n:012}" for n in range(101)])]:
        batch = models.WorkloadBatch(ids=ids, action="delete")
        refused = checks.raises(what, ApiException, lambda batch=batch: client.workloads_batch.batch_workloads(batch))
        checks.same(f"{what}: status", refused and refused.status, 400)
    checks.faults([{"platform": "run_ai", "fault": "switch", "name": "version", "value": "2.18"}])
    batch = models.WorkloadBatch(ids=[NOBODY], action="delete")
    old = checks.raises("a batch before 2.19", ApiException, lambda: client.workloads_batch.batch_workloads(batch))
    checks.same("a batch before 2.19: status", old and old.status, 404)
    checks.faults([])
