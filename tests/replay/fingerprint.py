"""What a workflow asked of the server, in order: its fingerprint."""

import json
from typing import Any

from temporalio.client import WorkflowHistory


def fingerprint(history: WorkflowHistory) -> list[str]:
    """The commands of a history. Replay fails where these change; a patch keeps both for a while."""
    return [command for event in history.events if (command := _command(event)) is not None]


def _command(event: Any) -> str | None:
    match event.WhichOneof("attributes"):
        case "marker_recorded_event_attributes" as name:
            marker = getattr(event, name)
            if marker.marker_name != "core_local_activity":
                return f"marker {marker.marker_name}"
            data = json.loads(marker.details["data"].payloads[0].data)
            return f"local activity {data['activity_type']}"
        case "activity_task_scheduled_event_attributes" as name:
            return f"activity {getattr(event, name).activity_type.name}"
        case "timer_started_event_attributes":
            return "timer"
        case "timer_canceled_event_attributes":
            return "timer taken back"
        case "upsert_workflow_search_attributes_event_attributes" as name:
            written = getattr(event, name).search_attributes.indexed_fields
            return f"attributes {', '.join(sorted(written))}"
        case "signal_external_workflow_execution_initiated_event_attributes" as name:
            return f"signal {getattr(event, name).signal_name}"
        case "workflow_execution_update_accepted_event_attributes" as name:
            return f"update {getattr(event, name).accepted_request.input.name}"
        case "workflow_execution_continued_as_new_event_attributes":
            return "continued as new"
        case "workflow_execution_completed_event_attributes":
            return "completed"
        case "workflow_execution_failed_event_attributes":
            return "failed"
        case _:
            return None
