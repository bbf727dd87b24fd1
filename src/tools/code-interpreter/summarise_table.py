"""Summarises a table with nothing but Python's own library: shape, columns, types, statistics and one chart.

The answer is one line of JSON on standard output; the chart is a figure where matplotlib is there, else `chart.svg`.
"""

import csv
import datetime
import io
import json
import math
import os
from array import array
from collections import Counter

MOST_ROWS = 500_000
MOST_COLUMNS = 50
# Different values of a text column that are told apart; beyond them it is no category.
MOST_VALUES = 1_000
MOST_BARS = 12
MOST_POINTS = 200
LONGEST_TEXT = 60
MISSING = {"", "na", "n/a", "nan", "null", "none", "-"}
NOTHING = math.nan
INK = "#2563eb"


class Column:
    """One column, read value by value: numbers and dates as numbers, texts as counts."""

    def __init__(self, name):
        self.name = name
        self.kinds = Counter()
        self.missing = 0
        self.numbers = array("d")
        self.values = Counter()
        self.codes = array("l")
        self._known = {}

    def add(self, text, decimal_comma):
        text = text.strip()
        if text.lower() in MISSING:
            self.missing += 1
            self.numbers.append(NOTHING)
            self.codes.append(-1)
            return
        kind, number = read_value(text, decimal_comma)
        self.kinds[kind] += 1
        self.numbers.append(number)
        self._count(text[:LONGEST_TEXT])

    def _count(self, text):
        if text not in self._known and len(self._known) < MOST_VALUES:
            self._known[text] = len(self._known)
        code = self._known.get(text, -1)
        self.codes.append(code)
        if code >= 0:
            self.values[text] += 1

    @property
    def type(self):
        kinds = set(self.kinds)
        if not kinds:
            return "empty"
        if kinds <= {"integer", "number"}:
            return "number" if "number" in kinds else "integer"
        return kinds.pop() if len(kinds) == 1 else "text"

    @property
    def is_numeric(self):
        return self.type in ("integer", "number")

    @property
    def is_category(self):
        return self.type in ("text", "boolean") and 1 < len(self._known) <= MOST_BARS * 2

    @property
    def is_key(self):
        """True for numbers that only tell rows apart."""
        name = self.name.lower()
        whole = self.type == "integer" and len(self.numbers) > 2
        return whole and (name == "id" or name.endswith(("_id", " id"))) or whole and counts_rows(self.numbers)

    def present(self):
        return [number for number in self.numbers if number == number]

    def texts(self):
        return list(self._known)

    def describe(self):
        described = {"name": self.name, "type": self.type, "missing": self.missing}
        if self.is_numeric:
            described["numbers"] = statistics_of(sorted(self.present()))
        elif self.type == "date":
            present = self.present()
            described["first"], described["last"] = as_date(min(present)), as_date(max(present))
        elif self.type != "empty":
            described["different"] = len(self._known)
            described["isOpenEnded"] = len(self._known) == MOST_VALUES
            described["commonest"] = [[text, count] for text, count in self.values.most_common(3)]
        return described


def counts_rows(numbers):
    return all(after == before + 1 for before, after in zip(numbers, numbers[1:]))


def read_value(text, decimal_comma):
    """Kind of a value, and the number it stands for."""
    if text.lower() in ("true", "false"):
        return "boolean", NOTHING
    # Postal codes and the like are no numbers.
    if not (len(text) > 1 and text[0] == "0" and text.isdigit()):
        number = read_number(text.replace(".", "").replace(",", ".") if decimal_comma and "," in text else text)
        if number is not None:
            return ("integer" if number.is_integer() and "." not in text and "," not in text else "number"), number
    day = read_date(text)
    return ("text", NOTHING) if day is None else ("date", day)


def read_number(text):
    try:
        number = float(text)
    except ValueError:
        return None
    return number if math.isfinite(number) and "_" not in text else None


def read_date(text):
    if not text[:1].isdigit() or len(text) > 35:
        return None
    try:
        moment = datetime.datetime.fromisoformat(text)
    except ValueError:
        try:
            moment = datetime.datetime.strptime(text, "%d.%m.%Y")
        except ValueError:
            return None
    seconds = (moment.hour * 60 + moment.minute) * 60 + moment.second
    return moment.toordinal() + seconds / 86_400


def as_date(number):
    day = datetime.date.fromordinal(int(number)).isoformat()
    seconds = round(number % 1 * 86_400)
    return day if seconds == 0 else f"{day} {seconds // 3600:02}:{seconds // 60 % 60:02}"


def statistics_of(ordered):
    count = len(ordered)
    mean = math.fsum(ordered) / count
    spread = math.sqrt(math.fsum((number - mean) ** 2 for number in ordered) / (count - 1)) if count > 1 else 0.0
    quarters = [quantile(ordered, share) for share in (0, 0.25, 0.5, 0.75, 1)]
    return {"count": count, "sum": math.fsum(ordered), "mean": mean, "deviation": spread, "quartiles": quarters}


def quantile(ordered, share):
    place = (len(ordered) - 1) * share
    below = math.floor(place)
    above = math.ceil(place)
    return ordered[below] + (ordered[above] - ordered[below]) * (place - below)


def rows_of(path):
    """The header and an iterator of rows."""
    end = os.path.splitext(path)[1].lower()
    if end in (".xlsx", ".xls"):
        return rows_of_workbook(path)
    text = read_text(path)
    if end in (".json", ".jsonl", ".ndjson"):
        return rows_of_objects(objects_in(text))
    sample = text[:20_000]
    delimiter = "\t" if end == ".tsv" else max(",;\t|", key=lambda mark: sample.splitlines()[0].count(mark) if sample else 0)
    rows = csv.reader(io.StringIO(text), delimiter=delimiter)
    return next(rows, []), rows, delimiter == ";"


def read_text(path):
    with open(path, "rb") as file:
        data = file.read()
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace")


def objects_in(text):
    try:
        found = json.loads(text)
    except ValueError:
        found = [json.loads(line) for line in text.splitlines() if line.strip()]
    if isinstance(found, dict):
        found = next((value for value in found.values() if isinstance(value, list)), [found])
    return [item for item in found if isinstance(item, dict)]


def rows_of_objects(objects):
    header = list(dict.fromkeys(key for item in objects for key in item))
    rows = ([as_text(item.get(key)) for key in header] for item in objects)
    return header, rows, False


def rows_of_workbook(path):
    import pandas

    frame = pandas.read_excel(path, dtype=object)
    rows = ([as_text(value) for value in row] for row in frame.itertuples(index=False))
    return [str(name) for name in frame.columns], rows, False


def as_text(value):
    if value is None or value != value:
        return ""
    return value if isinstance(value, str) else json.dumps(value, default=str).strip('"')


def read_columns(path):
    csv.field_size_limit(1 << 24)
    header, rows, decimal_comma = rows_of(path)
    columns = [Column((name.strip() or f"column {place + 1}")[:LONGEST_TEXT]) for place, name in enumerate(header)]
    kept = columns[:MOST_COLUMNS]
    count = 0
    for row in rows:
        if not row:
            continue
        count += 1
        if count > MOST_ROWS:
            continue
        for place, column in enumerate(kept):
            column.add(row[place] if place < len(row) else "", decimal_comma)
    return kept, count, len(columns)


def chart_of(columns, question):
    """What to draw: the columns the question names come first, then those on the left."""
    wanted = question.lower()
    ranked = sorted(columns, key=lambda column: column.name.lower() not in wanted)
    measures = [column for column in ranked if column.is_numeric and not column.is_key]
    by = [column for column in ranked if column.type == "date" or column.is_category]
    # Time comes first, unless the question names something else.
    by.sort(key=lambda column: (column.name.lower() not in wanted, column.type != "date"))
    if measures and by:
        return (line_chart if by[0].type == "date" else mean_chart)(by[0], measures[0])
    if measures:
        return histogram(measures[0])
    return count_chart(by[0]) if by and by[0].is_category else None


def line_chart(dates, measure):
    pairs = sorted((day, number) for day, number in zip(dates.numbers, measure.numbers) if day == day and number == number)
    step = max(1, math.ceil(len(pairs) / MOST_POINTS))
    points = [pairs[at : at + step] for at in range(0, len(pairs), step)]
    labels = [as_date(point[0][0]) for point in points]
    values = [math.fsum(number for _, number in point) / len(point) for point in points]
    return {"kind": "line", "title": f"{measure.name} by {dates.name}", "labels": labels, "values": values}


def mean_chart(category, measure):
    groups = {}
    for code, number in zip(category.codes, measure.numbers):
        if code >= 0 and number == number:
            groups.setdefault(code, []).append(number)
    texts = category.texts()
    means = sorted(((math.fsum(group) / len(group), texts[code]) for code, group in groups.items()), reverse=True)[:MOST_BARS]
    title = f"Mean {measure.name} by {category.name}"
    return {"kind": "bar", "title": title, "labels": [text for _, text in means], "values": [mean for mean, _ in means]}


def histogram(measure):
    present = measure.present()
    low, high = min(present), max(present)
    bins = min(MOST_BARS, max(1, math.ceil(math.sqrt(len(present)))))
    width = (high - low) / bins or 1
    counts = [0] * bins
    for number in present:
        counts[min(bins - 1, int((number - low) / width))] += 1
    labels = [f"{low + width * place:.4g}" for place in range(bins)]
    return {"kind": "bar", "title": f"Distribution of {measure.name}", "labels": labels, "values": counts}


def count_chart(category):
    pairs = category.values.most_common(MOST_BARS)
    title = f"Rows by {category.name}"
    return {"kind": "bar", "title": title, "labels": [text for text, _ in pairs], "values": [count for _, count in pairs]}


def draw(chart):
    try:
        from matplotlib import pyplot
    except ImportError:
        with open("chart.svg", "w", encoding="utf-8") as file:
            file.write(svg_of(chart))
        return
    # Dollar signs in names begin no formula.
    labels = [label.replace("$", r"\$") for label in chart["labels"]]
    figure, axes = pyplot.subplots(figsize=(8, 4.5))
    if chart["kind"] == "line":
        axes.plot(range(len(chart["values"])), chart["values"], color=INK)
        places = sorted({round(place * (len(labels) - 1) / 5) for place in range(6)})
        axes.set_xticks(places, [labels[place] for place in places], rotation=30, ha="right")
    else:
        axes.bar(range(len(chart["values"])), chart["values"], color=INK)
        axes.set_xticks(range(len(labels)), labels, rotation=30, ha="right")
    axes.set_title(chart["title"].replace("$", r"\$"))
    figure.tight_layout()


def svg_of(chart):
    """800 × 450, without anything that a browser would run or load."""
    values = chart["values"]
    low, high = min(0, *values), max(0, *values)
    scale = 320 / ((high - low) or 1)
    step = 720 / len(values)
    zero = 380 + low * scale
    parts = [f'<text x="400" y="30" font-size="18" text-anchor="middle">{escaped(chart["title"])}</text>']
    if chart["kind"] == "line":
        points = " ".join(f"{40 + step * (place + 0.5):.1f},{zero - value * scale:.1f}" for place, value in enumerate(values))
        parts.append(f'<polyline points="{points}" fill="none" stroke="{INK}" stroke-width="2"/>')
    else:
        for place, value in enumerate(values):
            top = zero - max(0, value) * scale
            parts.append(
                f'<rect x="{40 + step * (place + 0.1):.1f}" y="{top:.1f}" width="{step * 0.8:.1f}" height="{abs(value) * scale:.1f}" fill="{INK}"/>'
            )
    every = max(1, math.ceil(len(values) / MOST_BARS))
    for place in range(0, len(values), every):
        x = 40 + step * (place + 0.5)
        parts.append(f'<text x="{x:.1f}" y="400" font-size="11" text-anchor="middle">{escaped(chart["labels"][place][:14])}</text>')
    parts.append(f'<line x1="40" y1="{zero:.1f}" x2="760" y2="{zero:.1f}" stroke="#6b7280"/>')
    parts.append(f'<text x="36" y="64" font-size="11" text-anchor="end">{high:.4g}</text>')
    body = "".join(parts)
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 800 450" font-family="sans-serif">{body}</svg>'


def escaped(text):
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")


def summarise(path, question):
    columns, rows, total_columns = read_columns(path)
    chart = chart_of(columns, question)
    if chart is not None:
        draw(chart)
    print(
        json.dumps(
            {
                "rows": rows,
                "columns": total_columns,
                "readRows": min(rows, MOST_ROWS),
                "described": [column.describe() for column in columns],
                "chart": None if chart is None else chart["title"],
            },
            allow_nan=False,
        )
    )
