"""The cards of a sheet as the other programs get them: whom, and the note. They set them plainly: one size, straight lines, no drawing."""

import sys

COVER = ["Happy", "birthday"]
LETTER = "All good wishes from everybody at Long Street Shoes."
IMPRINT = ["LONG STREET SHOES", "Ring 555 0100, Mon to Sat 9 to 5"]
# Letter paper, four cards to a sheet; the back of a card lies behind its front.
SHEET = (612.0, 792.0)
CELL = (306.0, 396.0)
MARGIN = 24.0


def arguments():
    """Sheet, PDF to write, a font for the notes, a font for the rest."""
    return sys.argv[1:5]


def read(path):
    cards = []
    with open(path, encoding="utf-8") as sheet:
        for part in sheet.read().split("\n## ")[1:]:
            head, _, note = part.partition("\n")
            cards.append((head.split(" |")[0], note.strip()))
    return cards


def sheets(cards):
    """Four cards each, with the place of each on the front: its left and its upper edge."""
    for first in range(0, len(cards), 4):
        yield [(number, cards[number], CELL[0] * (at % 2), CELL[1] * (at // 2)) for at, number in enumerate(range(first, min(first + 4, len(cards))))]


def missing(name):
    print(f"{name} is not installed", file=sys.stderr)
    sys.exit(77)
