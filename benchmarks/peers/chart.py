"""The ratios of a contest as bars in an SVG that reads well on light and dark pages."""

ROW, LEFT, WIDTH, TOP = 22, 190, 720, 46
STYLE = """<style>
text { font: 12px system-ui, sans-serif; fill: #24292f }
.quiet { fill: #57606a } .bar { fill: #1f7a5c } .behind { fill: #b35c1e } .one { stroke: #57606a }
@media (prefers-color-scheme: dark) {
  text { fill: #e6edf3 } .quiet { fill: #9198a1 } .bar { fill: #3fb68b } .behind { fill: #e08a4a }
  .one { stroke: #9198a1 }
}
</style>"""


def draw(rows):
    most = max([1.5, *(row["ratio"] for row in rows)])
    scale = (WIDTH - LEFT - 170) / most
    height = TOP + ROW * len(rows) + 12
    one = LEFT + scale
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img" '
        'aria-label="Speed against the best peer">',
        STYLE,
        '<text x="8" y="18">Times faster than the best peer, measured in one run</text>',
        f'<text x="{one:.0f}" y="38" class="quiet" text-anchor="middle">1</text>',
    ]
    for index, row in enumerate(rows):
        parts += bar(row, TOP + ROW * index, scale)
    parts.append(f'<path class="one" d="M{one:.1f} {TOP - 4}V{height - 8}" stroke-dasharray="3 3"/>')
    return "\n".join([*parts, "</svg>"]) + "\n"


def bar(row, top, scale):
    bf16 = " bf16" if row["policy"] == "mixed_bfloat16" else ""
    length = row["ratio"] * scale
    kind = "bar" if row["ratio"] >= 1 else "behind"
    middle = top + 14
    name = f"{row['workload']}{bf16}, {row['mode']}"
    yield f'<text x="{LEFT - 8}" y="{middle}" text-anchor="end">{name}</text>'
    size = f'width="{length:.1f}" height="{ROW - 7}"'
    yield f'<rect class="{kind}" x="{LEFT}" y="{top + 3}" {size} rx="2"/>'
    end = LEFT + length + 6
    yield f'<text x="{end:.1f}" y="{middle}">{row["ratio"]:.2f}</text>'
    yield f'<text x="{end + 34:.1f}" y="{middle}" class="quiet">{row["best_peer"]}</text>'
