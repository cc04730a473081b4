"""Active projects that look for a designer, with what they want in their own words."""

import os

from keng_client import Keng

keng = Keng(os.environ["KENG_ADDRESS"])
for project in keng.list_projects(need="designer", standing="active"):
    name = project.name.get("en") or next(iter(project.name.values()))
    wanted = next(need for need in project.needs if need.key == "designer" and need.state == "open")
    print(f"{name}: {wanted.line.get('en', '(no words)')}")
    print(f"  {project.html_url.removeprefix(keng.address)}")
