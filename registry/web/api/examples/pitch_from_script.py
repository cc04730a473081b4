"""Pitches a project. The token needs the scopes ``proposals:write`` and ``projects:write``."""

import os

from keng_client import Keng, KengError, NewPitch, SaidUpdate, WantedNeed

keng = Keng(os.environ["KENG_ADDRESS"], token=os.environ["KENG_TOKEN"])
pitch = NewPitch(
    title={"en": "River watch", "zh-Hant": "河川觀察"},
    summary={"en": "Everyone sees how clean their river is."},
    event="hackathon-70",
    needs=[WantedNeed(key="designer", line="Draw the map.")],
)
try:
    done = keng.pitch(pitch, once="river watch at hackathon 70")
    print(done.html_url.removeprefix(keng.address))
    project = keng.get_proposal(done.id).project
    keng.post_update(project.id, SaidUpdate(text="We pitched today. Join us!"))
    keng.pitch(NewPitch(title={}))  # refused: without a title there is no pitch
except KengError as error:
    print(error.status, error)
    for name, detail in error.errors.items():
        print(f"  {name}: {detail}")
