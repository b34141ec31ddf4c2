"""Who acts, locks and signs, in words."""

from kapmonitor import events as e
from kapmonitor.session import Session
from kapmonitor.words import tr

ROLE_WORDS = {
    "prescriber": "prescriber",
    "anaesthesiologist": "anaesthesiologist",
    "nurse": "nurse",
    "therapist": "therapist",
    "observer": "observer",
}
_LOCKS = {
    "key": "Locked",
    "idle": "Locked: nobody touched it",
    "opened": "Locked until somebody says who acts",
    "resumed": "Locked until somebody says who acts",
}

PeopleEvent = e.Acting | e.Locked | e.Unlocked | e.Signed | e.SignedOff | e.Emergency


def people_sentence(event: PeopleEvent) -> str:
    """An event about people in words."""
    match event:
        case e.Acting(person=person, role=role, checked=checked):
            return tr("Acting now: {person}", person=signature_words(person, role, checked))
        case e.Locked(reason=reason):
            return tr(_LOCKS.get(reason, "Locked"))
        case e.Unlocked(person=person, checked=checked):
            return tr("Unlocked by {person}", person=signature_words(person, "", checked))
        case e.Signed(of=numbers):
            return tr("Signed: entries {numbers}", numbers=", ".join(map(str, numbers)))
        case e.SignedOff(person=person, role=role, checked=checked):
            return tr("Visit signed by {person}", person=signature_words(person, role, checked))
        case e.Emergency(action=action, text=text, done=done):
            return _emergency(action, text, done)


def _emergency(action: str, text: str, done: bool) -> str:
    if action == "called":
        words = tr("Emergency called") if done else tr("Emergency called: taken back")
        return f"{words}. {text}".strip(" .")
    if done:
        return tr("Emergency step done: {step}", step=tr(text))
    return tr("Emergency step taken back: {step}", step=tr(text))


def role_words(role: str) -> str:
    """A role in words, empty for none."""
    return tr(ROLE_WORDS[role]) if role in ROLE_WORDS else role


def signature_words(person: str, role: str, checked: bool) -> str:
    """A name with its role, and whether a PIN was given."""
    inside = [role_words(role)] if role else []
    inside.append(tr("checked by PIN") if checked else tr("not checked by PIN"))
    return f"{person} ({', '.join(inside)})"


def by_words(entry: e.Entry, session: Session) -> str:
    """Who did it; of an act under the lock whether somebody stands by it, and who."""
    if not entry.unsigned:
        return entry.by
    if entry.number in session.unsigned:
        return tr("{person}, unsigned", person=entry.by)
    for later in session.entries:
        if isinstance(later.event, e.Signed) and entry.number in later.event.of:
            return tr("{person}, signed by {signer}", person=entry.by, signer=later.by)
    return entry.by


def corrections(session: Session) -> dict[int, str]:
    """What was said in place of each corrected entry, by its number; the last word counts."""
    return {
        entry.event.of: entry.event.text
        for entry in session.amendments
        if isinstance(entry.event, e.Amended)
    }
