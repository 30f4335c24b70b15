"""What ministack does otherwise than AWS, put right inside the process that runs it.

Each module repairs one fault, and says what AWS does, with the source. The extra ``[local]``
pins ministack's version, because these are not its public interfaces; a name that is missing
fails the start, not a deployment.
"""

from __future__ import annotations

from cdk_automlv2.local.cloud.repairs import (
    alarm_names,
    alarms,
    condition_keys,
    embedded_metrics,
    execution_limits,
    exports,
    foreign_buckets,
    foreign_buses,
    foreign_tables,
    functions,
    keys,
    nested_stacks,
    parameter_limits,
    policies,
    presigned_urls,
    put_events,
    rule_targets,
    scheduled_stacks,
    scheduler,
    stack_events,
    state_machines,
    task_roles,
    template_tables,
)


def apply() -> None:
    """Put everything right; once, before the first request."""
    policies.apply()
    keys.apply()
    exports.apply()
    nested_stacks.apply()
    functions.apply()
    presigned_urls.apply()
    state_machines.apply()
    task_roles.apply()
    put_events.apply()
    rule_targets.apply()
    condition_keys.apply()
    foreign_buckets.apply()
    foreign_buses.apply()
    foreign_tables.apply()
    scheduler.apply()
    scheduled_stacks.apply()
    execution_limits.apply()
    parameter_limits.apply()
    alarm_names.apply()
    alarms.apply()
    embedded_metrics.apply()
    template_tables.apply()
    stack_events.apply()
