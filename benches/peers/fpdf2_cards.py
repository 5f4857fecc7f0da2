"""The cards of a sheet with fpdf2."""

import cards

try:
    from fpdf import FPDF
except ImportError:
    cards.missing("fpdf2")

sheet, path, hand, text, work = cards.arguments()
pdf = FPDF(unit="pt", format=work.sheet)
pdf.set_auto_page_break(False)
pdf.add_font("hand", fname=hand)
pdf.add_font("text", fname=text)
width, height = work.sheet
wide = work.cell[0] - 2 * cards.MARGIN
for some in work.sheets(cards.read(sheet)):
    pdf.add_page()
    pdf.set_font("text", size=48)
    for number, (who, note), left, top in some:
        for row, line in enumerate(cards.COVER):
            pdf.text(left + (work.cell[0] - pdf.get_string_width(line)) / 2, top + work.cover + 50 * row, line)
    pdf.add_page()
    for number, (who, note), left, top in some:
        x = width - work.cell[0] - left + cards.MARGIN
        pdf.set_font("hand", size=15.5)
        pdf.set_text_color(28, 38, 92)
        pdf.set_xy(x, top + cards.MARGIN)
        pdf.multi_cell(wide, 20, note, align="L")
        y = pdf.get_y()
        pdf.set_text_color(0)
        pdf.set_font("text", size=10)
        pdf.set_xy(x, y + 8)
        pdf.multi_cell(wide, 12, work.letter, align="L")
        for row, line in enumerate(cards.IMPRINT):
            pdf.text(x, top + work.foot + 12 * row, line)
        mark = f"{number + 1:02} {who[:2].upper()}"
        pdf.text(x + wide - pdf.get_string_width(mark), top + work.foot + 12, mark)
pdf.output(path)
