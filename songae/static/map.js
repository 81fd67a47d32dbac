// The map of all songs: dots on a canvas, which needs no element for each of thousands of songs, and above it
// the names of clusters, and a button for each seed and each song that is recommended.

const REACH = 16        // pixels within which the pointer finds a dot
const KEY_ZOOM = 1.3, BUTTON_ZOOM = 1.4, KEY_PAN = 40     // pixels

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

  point([px, py]) {
    const [cx, cy] = this.center
    return [this.x + (px - cx) / this.scale, this.y - (py - cy) / this.scale]
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

// Dots that are many are small, and grow as one comes closer.
function dotRadius({ songs, view }) {
  const radius = songs.size <= 60 ? 5 : songs.size <= 600 ? 3.5 : songs.size <= 6000 ? 2.2 : 1.3
  return radius * Math.min(Math.max(view.scale / view.whole, 1) ** .3, 1 + 4 / radius)
}

function dotOpacity({ songs }) {
  return songs.size <= 600 ? .8 : songs.size <= 6000 ? .45 : .3
}

// Give a canvas as many pixels as the screen has there; how many these are for each of the page.
function fillScreen(canvas) {
  const ratio = devicePixelRatio || 1
  const width = Math.round(canvas.clientWidth * ratio), height = Math.round(canvas.clientHeight * ratio)
  if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height })
  return ratio
}

function clear(canvas) {
  const ratio = fillScreen(canvas), context = canvas.getContext('2d')
  context.setTransform(ratio, 0, 0, ratio, 0, 0)
  context.clearRect(0, 0, canvas.width, canvas.height)
  return context
}

function circle(context, [x, y], radius) {
  context.beginPath()
  context.arc(x, y, radius, 0, 7)
}

function line(context, points, width, opacity) {
  Object.assign(context, { lineWidth: width, globalAlpha: opacity })
  context.beginPath()
  for (const point of points) context.lineTo(...point)
  context.stroke()
}

// A path goes through its songs in order. Otherwise a line leads to each of them, the nearest one's the strongest.
function drawLines(context, { view, seeds, goal, best, songs }) {
  const from = view.pixel(seeds.find(seed => seed.like).xy), ends = best.map(b => view.pixel(songs.xy(b.at)))
  Object.assign(context, { strokeStyle: '#dc4a38', lineJoin: 'round' })
  if (goal) line(context, [from, ...ends, view.pixel(goal.xy)], 2.5, 1)
  else ends.forEach((to, rank) => line(context, [from, to], rank ? 1 : 1.6, rank ? .35 : 1))
}

// What `dots.js` does, where there is no WebGL: slower, and all the same to the eye.
function drawDots(context, map) {
  const radius = dotRadius(map)
  context.globalAlpha = dotOpacity(map)
  for (let i = 0; i < map.songs.size; i++) {
    const at = map.pixel(i)
    if (!map.view.sees(at, 9)) continue
    circle(context, at, radius)
    context.fill()
  }
}

function drawRing(context, at, radius) {
  context.globalAlpha = 1
  context.lineWidth = 2
  circle(context, at, radius)
  context.stroke()
}

function drawCross(context, [x, y], size) {
  line(context, [[x - size, y], [x + size, y]], 2, 1)
  line(context, [[x, y - size], [x, y + size]], 2, 1)
}

// The dot nearest to a pixel, or null. All are looked at, in the plane, which takes less than a millisecond for 50,000.
function nearestDot({ songs, view }, pixel, within = Infinity, allowed = () => true) {
  const { points, size } = songs, [x, y] = view.point(pixel)
  let found = null, least = (within / view.scale) ** 2
  for (let i = 0; i < size; i++) {
    const dx = points[2 * i] - x, dy = points[2 * i + 1] - y, distance = dx * dx + dy * dy
    if (distance >= least || !allowed(i, dx, dy)) continue
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
    const clicked = held && !held.moved
    held = null
    if (!clicked) return
    const i = under(event)
    if (i === null) return map.choosePlace([event.offsetX, event.offsetY])
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

const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] }

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
    0: () => view.fit(), p: () => map.choosePlace(view.center), Escape: () => map.choosePlace(null),
  }
  for (const [key, [x, y]] of Object.entries(ARROWS)) {
    commands[key] = () => map.walk([x, y])
    commands[`Shift ${key}`] = () => view.pan(-KEY_PAN * x, KEY_PAN * y)
  }
  canvas.onkeydown = event => {
    const name = event.shiftKey && ARROWS[event.key] ? `Shift ${event.key}` : event.key
    if (event.ctrlKey || event.metaKey || event.altKey || !Object.hasOwn(commands, name)) return
    commands[name]()
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

// The names of clusters, the largest first: each is in sight, and covers no earlier one.
function placeNames(names, view) {
  const { clientWidth: width, clientHeight: height } = view.canvas, taken = []
  const inside = (at, half, whole) => Math.min(Math.max(at, half + 4), whole - half - 4)
  for (const name of names.children) {
    name.half ??= [name.offsetWidth / 2, name.offsetHeight / 2]
    const at = view.pixel(name.xy), [w, h] = name.half
    const x = inside(at[0], w, width), y = inside(at[1], h, height)
    const free = taken.every(o => Math.abs(o.x - x) > o.w + w + 6 || Math.abs(o.y - y) > o.h + h + 2)
    const shown = view.sees(at) && free
    if (shown) taken.push({ x, y, w, h })
    Object.assign(name.style, { left: `${x}px`, top: `${y}px`, visibility: shown ? '' : 'hidden' })
  }
}

class SongMap {
  constructor(player, songs, announce, placed) {
    Object.assign(this, { player, announce, placed, place: null })
    Object.assign(this, { songs, best: [], seeds: [], goal: null, current: null, due: 0 })
    const keys = 'Arrow keys go from song to song, with Shift they move the map. Enter plays, plus and minus zoom, '
      + 'P takes the place in the middle, Escape leaves it.'
    this.canvas = element('canvas', { tabIndex: 0, role: 'application', 'aria-label': `Map of all songs. ${keys}` })
    this.names = element('div', { className: 'names' })
    this.marks = element('div', { className: 'marks' })
    this.tip = element('div', { className: 'tip', hidden: true })
    this.view = new Viewport(this.canvas, () => this.redraw())
    this.root = element('div', { className: 'map' },
      this.canvas, this.makeDots(), this.names, this.marks, this.tip, zoomButtons(this.view))
    this.take(songs)
    followPointer(this)
    followWheel(this)
    followKeys(this)
    this.resized = new ResizeObserver(() => this.view.fitted ? this.view.fit() : this.redraw())
    this.resized.observe(this.canvas)
  }

  pixel(i) { return this.view.pixel(this.songs.xy(i)) }

  play(i) {
    this.choosePlace(null)
    this.player.toggle(this.songs.ids[i])
  }

  // A place where no dot is, by its pixel, or none.
  choosePlace(pixel) {
    const had = this.place, near = pixel && nearestDot(this, pixel)
    this.place = near === null ? null : this.view.point(pixel)
    if (had || this.place) this.placed(this.place, this.place && this.songs.at(near).title)
    this.redraw()
  }

  // A canvas of their own, above the lines. Without WebGL, or once it is lost, they are drawn on the other one.
  makeDots() {
    const canvas = element('canvas', { className: 'dots', 'aria-hidden': 'true' })
    this.dots = dotsOn(canvas)
    canvas.hidden = !this.dots
    canvas.addEventListener('webglcontextlost', () => {
      this.dots = null
      canvas.hidden = true
      this.redraw()
    })
    return canvas
  }

  // However often it is asked for, it is drawn once a frame.
  redraw() { this.due ||= requestAnimationFrame(() => this.draw()) }

  draw() {
    this.due = 0
    const context = clear(this.canvas), color = getComputedStyle(this.canvas).color
    if (this.seeds.length) drawLines(context, this)
    context.fillStyle = context.strokeStyle = color
    if (this.dots) this.dots.draw(this.view, dotRadius(this), dotOpacity(this), color)
    else drawDots(context, this)
    if (this.current !== null) drawRing(context, this.pixel(this.current), dotRadius(this) + 4)
    if (this.place) drawCross(context, this.view.pixel(this.place), 7)
    this.moveLabels()
    this.root.dataset.drawn = this.songs.size
  }

  // What lies above the canvas follows it.
  moveLabels() {
    const move = (e, [x, y]) => {
      Object.assign(e.style, { left: `${x}px`, top: `${y}px` })
      e.hidden = !this.view.sees([x, y])
    }
    placeNames(this.names, this.view)
    for (const mark of this.marks.children) move(mark, this.view.pixel(mark.xy))
    if (this.current === null) this.tip.hidden = true
    else move(this.tip, this.pixel(this.current))
  }

  // Name the dot under the pointer, or none.
  point(i) {
    if (i === this.current) return
    this.current = i
    if (i !== null) {
      const { title, artist } = this.songs.at(i)
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
    const { title, artist } = this.songs.at(i)
    this.announce([title, artist].filter(Boolean).join(', '))
    const [x, y] = this.pixel(i), [cx, cy] = this.view.center
    if (!this.view.sees([x, y])) this.view.pan(cx - x, cy - y)
  }

  mark(className, song, xy) {
    const onclick = () => this.player.toggle(song.id)
    const name = { title: song.title, 'aria-label': `Play ${song.title}` }
    const button = element('button', { type: 'button', className, tabIndex: -1, onclick, ...name })
    return Object.assign(button, { xy })
  }

  // The nearest song's mark comes late, and those of seeds last: they lie above the others.
  makeMarks() {
    const name = rank => rank || this.goal ? 'mark best' : 'mark best first'
    const best = this.best.map((b, rank) => this.mark(name(rank), b, this.songs.xy(b.at)))
    const seeds = this.seeds.map(seed => this.mark(seed.like ? 'mark query' : 'mark unlike', seed, seed.xy))
    const goal = this.goal ? [this.mark('mark goal', this.goal, this.goal.xy)] : []
    this.marks.replaceChildren(...best.reverse(), ...goal, ...seeds.reverse())
  }

  findBounds() {
    const asked = [...this.seeds, ...(this.goal ? [this.goal] : [])]
    const points = [this.songs.points, ...asked.map(seed => seed.xy)]
    let [left, bottom, right, top] = [Infinity, Infinity, -Infinity, -Infinity]
    for (const some of points) {
      for (let i = 0; i < some.length; i += 2) {
        left = Math.min(left, some[i])
        right = Math.max(right, some[i])
        bottom = Math.min(bottom, some[i + 1])
        top = Math.max(top, some[i + 1])
      }
    }
    this.view.bounds = [left, bottom, right, top]
  }

  // Another catalog.
  take(songs) {
    this.songs = songs
    this.dots?.upload(songs.points)
  }

  nameClusters(clusters) {
    this.names.replaceChildren(...clusters.map(({ name, xy }) => Object.assign(element('span', {}, name), { xy })))
    this.redraw()
  }

  update(songs, { seeds = [], goal = null, best = [] }) {
    const same = songs === this.songs && seeds[0]?.id === this.seeds[0]?.id     // only the answer has moved
    if (songs !== this.songs) this.take(songs)
    Object.assign(this, { best, seeds, goal, current: null, place: null })
    this.tip.hidden = true
    this.makeMarks()
    if (songs.size) this.findBounds()
    if (same && !this.view.fitted) this.redraw()
    else this.view.fit()
  }

  close() {
    this.resized.disconnect()
    this.dots?.close()
  }
}
