"""The published description of the API: `GET /v1/openapi.json`, docs/openapi.json.

It is made from the models of what is sent (`suport.http.bodies`), the models of what is answered
(`answers`), the table of operations (`operations`) and the problems that the service gives
(`problem_types`). `python -m openapi` writes it. Nothing of this runs in AWS: a function serves the
file that the build has prepared.
"""
