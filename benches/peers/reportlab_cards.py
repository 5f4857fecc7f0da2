"""The cards of a sheet with ReportLab."""

import cards

try:
    from reportlab.lib.utils import simpleSplit
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.ttfonts import TTFont
    from reportlab.pdfgen.canvas import Canvas
except ImportError:
    cards.missing("reportlab")

sheet, pdf, hand, text, work = cards.arguments()
pdfmetrics.registerFont(TTFont("hand", hand))
pdfmetrics.registerFont(TTFont("text", text))
canvas = Canvas(pdf, pagesize=work.sheet, pageCompression=1)
width, height = work.sheet
wide = work.cell[0] - 2 * cards.MARGIN
for some in work.sheets(cards.read(sheet)):
    for number, (who, note), left, top in some:
        canvas.setFont("text", 48)
        for row, line in enumerate(cards.COVER):
            canvas.drawCentredString(left + work.cell[0] / 2, height - top - work.cover - 50 * row, line)
    canvas.showPage()
    for number, (who, note), left, top in some:
        x = width - work.cell[0] - left + cards.MARGIN
        y = height - top - cards.MARGIN - 16
        canvas.setFont("hand", 15.5)
        canvas.setFillColorRGB(0.11, 0.149, 0.361)
        for line in simpleSplit(note, "hand", 15.5, wide):
            canvas.drawString(x, y, line)
            y -= 20
        canvas.setFillGray(0)
        canvas.setFont("text", 10)
        for line in simpleSplit(work.letter, "text", 10, wide):
            canvas.drawString(x, y - 8, line)
            y -= 12
        for row, line in enumerate(cards.IMPRINT):
            canvas.drawString(x, height - top - work.foot - 12 * row, line)
        canvas.drawRightString(x + wide, height - top - work.foot - 12, f"{number + 1:02} {who[:2].upper()}")
    canvas.showPage()
canvas.save()
