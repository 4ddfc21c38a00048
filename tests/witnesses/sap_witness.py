"""SAP AI Core, by `sap-ai-sdk-core`."""

from datetime import datetime, timezone

from ai_api_client_sdk.exception import (
    AIAPIInvalidRequestException,
    AIAPINotFoundException,
    AIAPIPreconditionFailedException,
    AIAPIServerException,
)
from ai_api_client_sdk.models.base_models import BasicModifyRequest
from ai_api_client_sdk.models.status import Status
from ai_api_client_sdk.models.target_status import TargetStatus
from ai_core_sdk.ai_core_v2_client import AICoreV2Client

SDK = "sap-ai-sdk-core"
EXECUTIONS = "/v2/lm/executions"
DEPLOYMENTS = "/v2/lm/deployments"


def run(checks, ready):
    account = ready["sap_ai_core"]
    client = AICoreV2Client(
        base_url=account["base_url"],
        auth_url=account["auth_url"],
        client_id=account["client_id"],
        client_secret=account["client_secret"],
        resource_group="default",
    )
    around(checks, client, account)
    executions = reading(checks, client)
    changing(checks, client, executions)
    bulk(checks, client, client.execution.query().resources)
    deployments(checks, client)
    refusals(checks, client)


def around(checks, client, account):
    capabilities = client.meta.get().ai_api.capabilities
    checks.same("meta: bulk of executions", capabilities.bulk_updates.executions, True)
    checks.same("meta: bulk of deployments", capabilities.bulk_updates.deployments, True)
    checks.same("meta: logs", capabilities.logs.executions, True)
    checks.last("meta", "GET", "/v2/lm/meta")
    tokens = [sent for sent in checks.sent() if sent["path"] == "/oauth/token"]
    checks.same("token: status", tokens[0]["status"], 200)
    groups = client.resource_groups.query().resources
    names = [group.resource_group_id for group in groups]
    checks.same("resource groups", sorted(names), sorted(account["resource_groups"]))
    checks.same("resource groups: status", {group.status for group in groups}, {"PROVISIONED"})
    checks.last("resource groups", "GET", "/v2/admin/resourceGroups")
    checks.true("scenarios", client.scenario.query().count > 0)


def reading(checks, client):
    listed = client.execution.query()
    checks.same("query: count", listed.count, len(listed.resources))
    checks.same("query: ids once", len({row.id for row in listed.resources}), listed.count)
    checks.same("query: times", {type(row.created_at) for row in listed.resources}, {datetime})
    checks.true("query: target", all(row.target_status for row in listed.resources))
    checks.same("count", client.execution.count(), listed.count)
    checks.last("count", "GET", f"{EXECUTIONS}/$count")
    for status in Status:
        wanted = [row.id for row in listed.resources if row.status == status]
        found = client.execution.query(status=status)
        checks.same(f"query {status.value}", [row.id for row in found.resources], wanted)
        checks.last(f"query {status.value}", "GET", EXECUTIONS, f"status={status.value}")
        checks.same(f"count {status.value}", client.execution.count(status=status), len(wanted))
    scenario = listed.resources[0].scenario_id
    of_scenario = client.execution.query(scenario_id=scenario).resources
    checks.same("query by scenario", {row.scenario_id for row in of_scenario}, {scenario})
    configuration = listed.resources[0].configuration_id
    made = client.execution.query(configuration_id=configuration).resources
    checks.same("query by configuration", {row.configuration_id for row in made}, {configuration})
    first = client.execution.get(listed.resources[0].id)
    checks.same("get", [first.id, first.status], [listed.resources[0].id, listed.resources[0].status])
    status = client.execution.get(first.id, select="status")
    checks.same("get with select", [status.id, status.status], [first.id, first.status])
    other = client.execution.query(resource_group="eval").resources
    checks.true("another group has other rows", other and not {row.id for row in other} & {row.id for row in listed.resources})
    running = next(row for row in listed.resources if row.status == Status.RUNNING)
    logs = client.execution.query_logs(running.id, top=3, start=datetime(2020, 1, 1, tzinfo=timezone.utc))
    checks.true("logs: lines", logs.data.result)
    # The SDK leaves the dollar out: `top` is then a member that the service does not know, and ignores.
    checks.last("logs", "GET", f"{EXECUTIONS}/{running.id}/logs", "top=3&start=2020-01-01T00%3A00%3A00Z")
    checks.true("logs: text", all(line.msg for line in logs.data.result))
    checks.same("logs: times", {type(line.timestamp) for line in logs.data.result}, {datetime})
    return listed.resources


def changing(checks, client, rows):
    stopped = accepted(rows, Status.RUNNING, lambda row: client.execution.modify(row.id, TargetStatus.STOPPED))
    checks.same("modify: words", stopped.message, "Execution modification scheduled")
    checks.last("modify", "PATCH", f"{EXECUTIONS}/{stopped.id}", body={"targetStatus": "STOPPED"})
    now = client.execution.get(stopped.id)
    checks.same("modify: afterwards", [now.status, now.target_status], [Status.STOPPING, TargetStatus.STOPPED])
    deleted = accepted(rows, Status.DEAD, lambda row: client.execution.delete(row.id))
    checks.same("delete: words", deleted.message, "Deletion scheduled")
    checks.last("delete", "DELETE", f"{EXECUTIONS}/{deleted.id}")
    checks.same("delete: afterwards", client.execution.get(deleted.id).target_status, TargetStatus.DELETED)


def accepted(rows, status, change):
    """The answer for the first row of that status that is not refused."""
    for row in rows:
        if row.status == status:
            try:
                return change(row)
            except AIAPIPreconditionFailedException:
                continue
    raise LookupError(f"every row that is {status} was refused")


def bulk(checks, client, rows):
    of = lambda status: [row.id for row in rows if row.status == status and row.target_status != TargetStatus.DELETED]
    running, dead, unknown = of(Status.RUNNING)[:8], of(Status.DEAD)[:4], "exec_a_not_exist"
    asked = [BasicModifyRequest(id, TargetStatus.STOPPED) for id in running]
    asked += [BasicModifyRequest(id, TargetStatus.DELETED) for id in [*dead, unknown]]
    answers = client.execution.bulk_modify(asked).executions
    checks.same("bulk: one answer each, in order", [answer.id for answer in answers], [one.id for one in asked])
    items = [{"id": one.id, "targetStatus": one.target_status.value} for one in asked]
    checks.last("bulk", "PATCH", EXECUTIONS, body={"executions": items})
    good = {answer.id for answer in answers if getattr(answer, "message", None) and not hasattr(answer, "error")}
    checks.true("bulk: stops and deletes were accepted", good & set(running) and good & set(dead))
    lost = answers[-1].error
    checks.same("bulk: unknown id", [lost.code, lost.message], ["01010020", "Execution not found"])
    checks.true("bulk: request id", lost.request_id and lost.target)
    refused = client.execution.bulk_modify([BasicModifyRequest(running[0], TargetStatus.DELETED)]).executions[0]
    checks.same("bulk: wrong status", [refused.id, refused.error.code], [running[0], "01010076"])
    twice = [BasicModifyRequest(dead[0], TargetStatus.DELETED)] * 2
    checks.raises("bulk: an id twice", AIAPIInvalidRequestException, lambda: client.execution.bulk_modify(twice))
    many = [BasicModifyRequest(f"e{number:015}", TargetStatus.STOPPED) for number in range(101)]
    checks.raises("bulk: 101 ids", AIAPIInvalidRequestException, lambda: client.execution.bulk_modify(many))


def deployments(checks, client):
    listed = client.deployment.query()
    checks.same("deployments: count", client.deployment.count(), listed.count)
    checks.true("deployments: urls", all(row.deployment_url is not None for row in listed.resources))
    running = [row for row in listed.resources if row.status == Status.RUNNING]
    checks.true("deployments: running ones have a url", all(row.deployment_url for row in running))
    stopped = accepted(listed.resources, Status.RUNNING, lambda row: client.deployment.modify(row.id, target_status=TargetStatus.STOPPED))
    checks.same("deployments: modify", stopped.message, "Deployment modification scheduled")
    ids = [row.id for row in running if row.id != stopped.id][:3]
    answers = client.deployment.bulk_modify([BasicModifyRequest(id, TargetStatus.STOPPED) for id in ids]).deployments
    checks.same("deployments: bulk", [answer.id for answer in answers], ids)
    checks.same("deployments: select", client.deployment.get(ids[0], select="status").id, ids[0])
    deleted = accepted(listed.resources, Status.DEAD, lambda row: client.deployment.delete(row.id))
    checks.same("deployments: delete", deleted.message, "Deletion scheduled")
    checks.last("deployments: delete", "DELETE", f"{DEPLOYMENTS}/{deleted.id}")
    checks.same("deployments: deleted", client.deployment.get(deleted.id).target_status, TargetStatus.DELETED)
    logs = client.deployment.query_logs(running[0].id, top=1, start=datetime(2020, 1, 1, tzinfo=timezone.utc))
    checks.true("deployments: logs", logs.data.result)


def refusals(checks, client):
    gone = checks.raises("get of nothing", AIAPINotFoundException, lambda: client.execution.get("e000000000000bad"))
    checks.same("get of nothing: code", gone and gone.error_code, "01010020")
    checks.true("get of nothing: request id", gone and gone.request_id)
    running = client.execution.query(status=Status.RUNNING).resources[0].id
    wrong = checks.raises("delete of what runs", AIAPIPreconditionFailedException, lambda: client.execution.delete(running))
    checks.same("delete of what runs: code", wrong and wrong.error_code, "01010076")
    denied = checks.raises("another's group", AIAPIServerException, lambda: client.execution.query(resource_group="nobodys"))
    checks.same("another's group: status", denied and denied.status_code, 403)
