"""Which things are lent to which meeting."""

from __future__ import annotations

from sqlalchemy.orm import Mapped

from supportdesk.core.database import Base, foreign_key


class MeetingEquipment(Base):
    """A thing that a meeting takes. Its time is taken in the occupancy cells, as a room's is."""

    __tablename__ = "meeting_equipment"

    meeting_id: Mapped[int] = foreign_key("meeting.id", index=False, primary_key=True)
    equipment_id: Mapped[int] = foreign_key("equipment.id", primary_key=True)
