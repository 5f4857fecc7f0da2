"""The cards of a sheet with Typst."""

import json
import os
import shutil
import tempfile

import cards

try:
    import typst
except ImportError:
    cards.missing("typst")

sheet, pdf, hand, text, work = cards.arguments()
folder = tempfile.mkdtemp()
fonts = os.path.join(folder, "fonts")
os.mkdir(fonts)
for font in (hand, text):
    shutil.copy(font, fonts)
rows = [
    [{"n": f"{number + 1:02}", "mark": who[:2].upper(), "note": note, "x": left, "y": top} for number, (who, note), left, top in some]
    for some in work.sheets(cards.read(sheet))
]
with open(os.path.join(folder, "cards.json"), "w", encoding="utf-8") as file:
    json.dump(rows, file)
SOURCE = """
#let (hand, text-face) = HANDS
#let (width, height, cell, cover, foot) = PLACES
#set page(width: width * 1pt, height: height * 1pt, margin: 0pt)
#set text(font: text-face, size: 10pt)
#for sheet in json("cards.json") {
  for card in sheet {
    place(dx: card.x * 1pt, dy: (card.y + cover - 48) * 1pt, box(width: cell * 1pt, align(center, std.text(size: 48pt)[Happy \\ birthday])))
  }
  pagebreak()
  for card in sheet {
    let x = (width - cell - card.x + 24) * 1pt
    place(dx: x, dy: (card.y + 24) * 1pt, box(width: (cell - 48) * 1pt)[
      #std.text(font: hand, size: 15.5pt, fill: rgb(28, 38, 92), card.note)

      LETTER
    ])
    place(dx: x, dy: (card.y + foot - 10) * 1pt, [IMPRINT0 \\ IMPRINT1])
    place(dx: x + (cell - 76) * 1pt, dy: (card.y + foot + 2) * 1pt, [#card.n #card.mark])
  }
  pagebreak(weak: true)
}
"""


def family(path):
    """The family's name as the font has it."""
    with open(path, "rb") as file:
        data = file.read()
    count = int.from_bytes(data[4:6], "big")
    for at in range(12, 12 + 16 * count, 16):
        if data[at : at + 4] == b"name":
            start = int.from_bytes(data[at + 8 : at + 12], "big")
            strings = start + int.from_bytes(data[start + 4 : start + 6], "big")
            for row in range(int.from_bytes(data[start + 2 : start + 4], "big")):
                platform, _, _, name, length, offset = (
                    int.from_bytes(data[start + 6 + 12 * row + 2 * k : start + 8 + 12 * row + 2 * k], "big") for k in range(6)
                )
                if platform == 3 and name == 1:
                    return data[strings + offset : strings + offset + length].decode("utf-16-be")
    raise SystemExit(f"{path} has no name")


source = SOURCE.replace("HANDS", json.dumps([family(hand), family(text)]).replace("[", "(").replace("]", ")"))
places = [*work.sheet, work.cell[0], work.cover, work.foot]
source = source.replace("PLACES", "(" + ", ".join(f"{place:.2f}" for place in places) + ")")
source = source.replace("LETTER", work.letter).replace("IMPRINT0", cards.IMPRINT[0]).replace("IMPRINT1", cards.IMPRINT[1])
with open(os.path.join(folder, "cards.typ"), "w", encoding="utf-8") as file:
    file.write(source)
typst.compile(os.path.join(folder, "cards.typ"), output=pdf, font_paths=[fonts])
shutil.rmtree(folder)
