"""``filmgate admin``: the operator's work. Each group's module is imported when it is called."""

from __future__ import annotations

from filmgate.entrypoints.cli.parsing import group

_HERE = "filmgate.entrypoints.cli.admin"

app = group("admin", "The operator's work: customers, keys, credits, tasks, and who did what.")
app.command(f"{_HERE}.customers:app", name="customers", help="Who may call, under which plan.")
app.command(f"{_HERE}.keys:app", name="keys", help="What customers call with; shown once.")
app.command(f"{_HERE}.credits:app", name="credits", help="Balances and what moved them.")
app.command(f"{_HERE}.tasks:app", name="tasks", help="Everybody's tasks: look, settle, cancel.")
app.command(f"{_HERE}.webhooks:app", name="webhooks", help="Calls to customers: look, call again.")
app.command(f"{_HERE}.plans:plans", name="plans", help="The plans, with limits and prices.")
app.command(f"{_HERE}.sweep:sweep", name="sweep", help="Remove now what is over.")
app.command(f"{_HERE}.audit:audit", name="audit", help="Who did what, and when.")
