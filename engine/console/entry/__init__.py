"""A catalogue entry as a form of one column, and back: what the form does not know of an item stays as it was.

By Excel, YAML or API alone: `profile` (conventions of counting are the installation's), `carriers` (their own page), `answered_by`,
and `after` of steps (a procedure with branches is drawn as a chart in BPMN, which the form takes).
"""
