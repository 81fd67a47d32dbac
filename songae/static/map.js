// The map of all songs: dots on a canvas, which needs no element for each of thousands of songs, and above it
// a button for the query and for each song that is recommended.

const REACH = 16        // pixels within which the pointer finds a dot
const KEY_ZOOM = 1.3, BUTTON_ZOOM = 1.4

// The part of the plane that is seen. Its middle is (x, y), and a unit is `scale` pixels long.
class Viewport {
  constructor(canvas, redraw) {
    Object.assign(this, { canvas, redraw, x: .5, y: .5, scale: 1 })
    this.whole = 1                  // the scale at which all songs are seen
    this.fitted = true              // are they? Then they still are when the page changes its width
    this.bounds = [0, 0, 1, 1]      // left, bottom, right and top of all songs
  }

  get center() { return [this.canvas.clientWidth / 2, this.canvas.clientHeight / 2] }

  pixel([x, y]) {
    const { clientWidth: width, clientHeight: height } = this.canvas
    return [width / 2 + (x - this.x) * this.scale, height / 2 - (y - this.y) * this.scale]
  }

  sees([px, py], margin = 0) {
    const { clientWidth: width, clientHeight: height } = this.canvas
    return px >= -margin && py >= -margin && px <= width + margin && py <= height + margin
  }

  fit() {
    const [left, bottom, right, top] = this.bounds
    const { clientWidth: width, clientHeight: height } = this.canvas
    this.scale = this.whole = .84 * Math.min(width / (right - left || 1), height / (top - bottom || 1))
    Object.assign(this, { x: (left + right) / 2, y: (bottom + top) / 2, fitted: true })
    this.redraw()
  }

  // What lies under the pixel stays there.
  zoom(factor, [px, py] = this.center) {
    const [cx, cy] = this.center, before = this.scale
    this.scale = Math.min(Math.max(before * factor, this.whole / 4), this.whole * 1e4)
    this.x += (px - cx) * (1 / before - 1 / this.scale)
    this.y -= (py - cy) * (1 / before - 1 / this.scale)
    this.fitted = false
    this.redraw()
  }

  pan(dx, dy) {
    this.x -= dx / this.scale
    this.y += dy / this.scale
    this.fitted = false
    this.redraw()
  }
}

function dotRadius(n) {
  return n <= 60 ? 5 : n <= 600 ? 3.5 : 2.2
}

// A clean canvas of as many pixels as the screen has there.
function clear(canvas) {
  const ratio = devicePixelRatio || 1, context = canvas.getContext('2d')
  canvas.width = canvas.clientWidth * ratio
  canvas.height = canvas.clientHeight * ratio
  context.scale(ratio, ratio)
  return context
}

function circle(context, [x, y], radius) {
  context.beginPath()
  context.arc(x, y, radius, 0, 7)
}

// From the query to each recommended song, the nearest one's the strongest.
function drawLines(context, from, ends) {
  context.strokeStyle = '#dc4a38'
  ends.forEach((to, rank) => {
    context.globalAlpha = rank ? .35 : 1
    context.lineWidth = rank ? 1 : 1.6
    context.beginPath()
    context.moveTo(...from)
    context.lineTo(...to)
    context.stroke()
  })
}

function drawDots(context, map) {
  context.globalAlpha = map.size <= 600 ? .8 : .45
  for (let i = 0; i < map.size; i++) {
    const at = map.pixel(i)
    if (!map.view.sees(at, 9)) continue
    circle(context, at, dotRadius(map.size))
    context.fill()
  }
}

function drawRing(context, at, radius) {
  context.globalAlpha = 1
  context.lineWidth = 2
  circle(context, at, radius)
  context.stroke()
}

// The dot nearest to a pixel, or null.
function nearestDot(map, [px, py], within = Infinity, allowed = () => true) {
  let found = null, least = within ** 2
  for (let i = 0; i < map.size; i++) {
    const [x, y] = map.pixel(i), distance = (x - px) ** 2 + (y - py) ** 2
    if (distance >= least || !allowed(i, x - px, y - py)) continue
    least = distance
    found = i
  }
  return found
}

// A press that moves is a drag, and one that does not is a click.
function followPointer(map) {
  const { canvas, view } = map
  const under = event => nearestDot(map, [event.offsetX, event.offsetY], REACH)
  let held = null
  canvas.onpointerdown = event => {
    if (event.button) return
    held = { x: event.clientX, y: event.clientY, moved: false }
    canvas.setPointerCapture(event.pointerId)
  }
  canvas.onpointermove = event => {
    if (!held) return map.point(under(event))
    const dx = event.clientX - held.x, dy = event.clientY - held.y
    if (!held.moved && Math.hypot(dx, dy) < 5) return
    held = { x: event.clientX, y: event.clientY, moved: true }
    view.pan(dx, dy)
  }
  canvas.onpointerup = event => {
    const i = held && !held.moved ? under(event) : null
    held = null
    if (i === null) return
    map.point(i)
    map.play(i)
  }
  canvas.onpointercancel = () => { held = null }
  canvas.onpointerleave = () => { if (!held) map.point(null) }
}

// The wheel zooms while the map has the focus; otherwise it scrolls the page, as readers expect.
function followWheel({ canvas, view }) {
  const turn = event => {
    if (document.activeElement !== canvas && !event.ctrlKey) return
    event.preventDefault()
    view.zoom(1.0015 ** -event.deltaY, [event.offsetX, event.offsetY])
  }
  canvas.addEventListener('wheel', turn, { passive: false })
}

const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }

// The next dot in the direction of an arrow: the nearest of those in its quarter of the plane.
function nextDot(map, [ax, ay]) {
  if (map.current === null) return nearestDot(map, map.view.center)
  const inItsQuarter = (i, dx, dy) => i !== map.current && dx * ax + dy * ay > Math.abs(dx * ay + dy * ax)
  return nearestDot(map, map.pixel(map.current), Infinity, inItsQuarter)
}

function followKeys(map) {
  const { canvas, view } = map
  const playCurrent = () => { if (map.current !== null) map.play(map.current) }
  const commands = {
    Enter: playCurrent, ' ': playCurrent,
    '+': () => view.zoom(KEY_ZOOM), '=': () => view.zoom(KEY_ZOOM), '-': () => view.zoom(1 / KEY_ZOOM),
    0: () => view.fit(),
  }
  for (const [key, arrow] of Object.entries(ARROWS)) commands[key] = () => map.walk(arrow)
  canvas.onkeydown = event => {
    if (event.ctrlKey || event.metaKey || event.altKey || !Object.hasOwn(commands, event.key)) return
    commands[event.key]()
    event.preventDefault()
  }
}

function zoomButtons(view) {
  const button = (text, title, onclick) =>
    element('button', { type: 'button', title, 'aria-label': title, onclick }, text)
  return element('div', { className: 'zoom' },
    button('+', 'Zoom in', () => view.zoom(BUTTON_ZOOM)),
    button('−', 'Zoom out', () => view.zoom(1 / BUTTON_ZOOM)),
    button('⤢', 'Show all songs', () => view.fit()))
}

class SongMap {
  constructor(player, announce) {
    Object.assign(this, { player, announce, points: [], songs: [], best: [], query: null, current: null, due: 0 })
    const keys = 'Arrow keys go from song to song, Enter plays, plus and minus zoom.'
    this.canvas = element('canvas', { tabIndex: 0, role: 'application', 'aria-label': `Map of all songs. ${keys}` })
    this.marks = element('div', { className: 'marks' })
    this.tip = element('div', { className: 'tip', hidden: true })
    this.view = new Viewport(this.canvas, () => this.redraw())
    this.root = element('div', { className: 'map' }, this.canvas, this.marks, this.tip, zoomButtons(this.view))
    followPointer(this)
    followWheel(this)
    followKeys(this)
    this.resized = new ResizeObserver(() => this.view.fitted ? this.view.fit() : this.redraw())
    this.resized.observe(this.canvas)
  }

  get size() { return this.points.length / 2 }
  pixel(i) { return this.view.pixel([this.points[2 * i], this.points[2 * i + 1]]) }
  play(i) { this.player.toggle(this.songs[i][0]) }

  // However often it is asked for, it is drawn once a frame.
  redraw() { this.due ||= requestAnimationFrame(() => this.draw()) }

  draw() {
    this.due = 0
    const context = clear(this.canvas), color = getComputedStyle(this.canvas).color
    if (this.query) drawLines(context, this.view.pixel(this.query.xy), this.best.map(b => this.pixel(b.at)))
    context.fillStyle = context.strokeStyle = color
    drawDots(context, this)
    if (this.current !== null) drawRing(context, this.pixel(this.current), dotRadius(this.size) + 4)
    this.moveLabels()
  }

  // What lies above the canvas follows it.
  moveLabels() {
    const move = (e, [x, y]) => {
      Object.assign(e.style, { left: `${x}px`, top: `${y}px` })
      e.hidden = !this.view.sees([x, y])
    }
    for (const mark of this.marks.children) move(mark, this.view.pixel(mark.xy))
    if (this.current === null) this.tip.hidden = true
    else move(this.tip, this.pixel(this.current))
  }

  // Name the dot under the pointer, or none.
  point(i) {
    if (i === this.current) return
    this.current = i
    if (i !== null) {
      const [, title, artist] = this.songs[i]
      this.tip.replaceChildren(element('strong', {}, title), element('span', {}, artist))
    }
    this.tip.hidden = i === null
    this.canvas.style.cursor = i === null ? 'grab' : 'pointer'
    this.redraw()
  }

  // Go to the next dot in this direction, read it out, and move the map if it is out of sight.
  walk(arrow) {
    const i = nextDot(this, arrow)
    if (i === null) return
    this.point(i)
    this.announce(this.songs[i].slice(1).filter(Boolean).join(', '))
    const [x, y] = this.pixel(i), [cx, cy] = this.view.center
    if (!this.view.sees([x, y])) this.view.pan(cx - x, cy - y)
  }

  mark(className, song, xy) {
    const onclick = () => this.player.toggle(song.id)
    const name = { title: song.title, 'aria-label': `Play ${song.title}` }
    const button = element('button', { type: 'button', className, tabIndex: -1, onclick, ...name })
    return Object.assign(button, { xy })
  }

  // The nearest song's mark comes late, and the query's last: they lie above the others.
  makeMarks() {
    const position = b => [this.points[2 * b.at], this.points[2 * b.at + 1]]
    const best = this.best.map((b, rank) => this.mark(rank ? 'mark best' : 'mark best first', b, position(b)))
    const query = this.query ? [this.mark('mark query', this.query, this.query.xy)] : []
    this.marks.replaceChildren(...best.reverse(), ...query)
  }

  findBounds() {
    const [x, y] = this.query?.xy ?? [this.points[0], this.points[1]]
    let [left, bottom, right, top] = [x, y, x, y]
    for (let i = 0; i < this.points.length; i += 2) {
      left = Math.min(left, this.points[i])
      right = Math.max(right, this.points[i])
      bottom = Math.min(bottom, this.points[i + 1])
      top = Math.max(top, this.points[i + 1])
    }
    this.view.bounds = [left, bottom, right, top]
  }

  // `points` holds x and y of each song; `songs` its id, title and artist.
  update({ points, songs, best, query }) {
    const same = points.length === this.points.length && query?.id === this.query?.id     // only more or fewer songs
    Object.assign(this, { points, songs, best, query, current: null })
    this.tip.hidden = true
    this.makeMarks()
    if (points.length) this.findBounds()
    if (same && !this.view.fitted) this.redraw()
    else this.view.fit()
  }

  close() { this.resized.disconnect() }
}
