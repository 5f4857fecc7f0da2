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

sheet, pdf, hand, text = cards.arguments()
folder = tempfile.mkdtemp()
fonts = os.path.join(folder, "fonts")
os.mkdir(fonts)
for font in (hand, text):
    shutil.copy(font, fonts)
rows = [
    [{"n": f"{number + 1:02}", "mark": who[:2].upper(), "note": note, "x": left, "y": top} for number, (who, note), left, top in some]
    for some in cards.sheets(cards.read(sheet))
]
with open(os.path.join(folder, "cards.json"), "w", encoding="utf-8") as file:
    json.dump(rows, file)
SOURCE = """
#let (hand, text-face) = HANDS
#set page(width: 612pt, height: 792pt, margin: 0pt)
#set text(font: text-face, size: 10pt)
#for sheet in json("cards.json") {
  for card in sheet {
    place(dx: card.x * 1pt, dy: card.y * 1pt + 120pt, box(width: 306pt, align(center, std.text(size: 48pt)[Happy \\ birthday])))
  }
  pagebreak()
  for card in sheet {
    let x = (612 - 306 - card.x + 24) * 1pt
    place(dx: x, dy: (card.y + 24) * 1pt, box(width: 258pt)[
      #std.text(font: hand, size: 15.5pt, fill: rgb(28, 38, 92), card.note)

      LETTER
    ])
    place(dx: x, dy: (card.y + 350) * 1pt, [IMPRINT0 \\ IMPRINT1])
    place(dx: x + 230pt, dy: (card.y + 362) * 1pt, [#card.n #card.mark])
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
source = source.replace("LETTER", cards.LETTER).replace("IMPRINT0", cards.IMPRINT[0]).replace("IMPRINT1", cards.IMPRINT[1])
with open(os.path.join(folder, "cards.typ"), "w", encoding="utf-8") as file:
    file.write(source)
typst.compile(os.path.join(folder, "cards.typ"), output=pdf, font_paths=[fonts])
shutil.rmtree(folder)
