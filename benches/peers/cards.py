"""The cards of a sheet as the other programs get them: whom, and the note. They set them plainly: one size, straight lines, no drawing."""

import sys

COVER = ["Happy", "birthday"]
IMPRINT = ["LONG STREET SHOES", "Ring 555 0100, Mon to Sat 9 to 5"]
MARGIN = 24.0


class Work:
    """What is set: the paper, the cards on it, and the letter under the note. The back of a card lies behind its front."""

    def __init__(self, sheet, columns, rows, letter):
        self.sheet = sheet
        self.cell = (sheet[0] / columns, sheet[1] / rows)
        self.columns = columns
        self.per_sheet = columns * rows
        self.letter = letter
        # Of a card: where its cover begins, and its imprint.
        self.cover = self.cell[1] * 0.43
        self.foot = self.cell[1] - 36

    def sheets(self, cards):
        """So many cards each, with the place of each on the front: its left and its upper edge."""
        for first in range(0, len(cards), self.per_sheet):
            some = range(first, min(first + self.per_sheet, len(cards)))
            yield [
                (number, cards[number], self.cell[0] * (at % self.columns), self.cell[1] * (at // self.columns))
                for at, number in enumerate(some)
            ]


WORKS = {
    "sheets": Work((612.0, 792.0), 2, 2, "All good wishes from everybody at Long Street Shoes."),
    "cards": Work(
        (297.64, 419.53),
        1,
        1,
        "Thank you for another year of coming in, of stories told across the counter, and of shoes that have been further than we "
        "have. We hope the new one is kind to you, and that the kettle is on when you come by.",
    ),
}


def arguments():
    """Sheet, PDF to write, a font for the notes, a font for the rest; and the work."""
    sheet, pdf, hand, text, work = sys.argv[1:6]
    return sheet, pdf, hand, text, WORKS[work]


def read(path):
    cards = []
    with open(path, encoding="utf-8") as sheet:
        for part in sheet.read().split("\n## ")[1:]:
            head, _, note = part.partition("\n")
            cards.append((head.split(" |")[0], note.strip()))
    return cards


def missing(name):
    print(f"{name} is not installed", file=sys.stderr)
    sys.exit(77)
