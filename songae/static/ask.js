// What is asked: seeds as chips, a field that finds songs of the catalog, and the filters.

function press(text, className, onclick, label) {
  const button = element('button', { type: 'button', className, onclick }, text)
  if (label) button.setAttribute('aria-label', label)
  return button
}

// What one may make of a song: a seed with a plus or a minus, or the goal of a path.
function acts(model, { id, title }, asked) {
  const say = like => () => model.send({ kind: 'seed', id, like })
  const more = press('More like this', 'more', say(true), `More like this: ${title}`)
  const not = press('Not this', 'not', say(false), `Not this: ${title}`)
  if (!asked) return [more]
  return [more, not, press('Go there', 'there', () => model.send({ kind: 'goal', id }), `Go there: ${title}`)]
}

// From where to where of a song, at first what its clip plays. The kernel says what is wrong with it.
class Part {
  constructor(parts, { id, title, part }) {
    Object.assign(this, { parts, id })
    const field = (value, name) => element('input', { type: 'text', value, required: true, 'aria-label': name })
    this.ends = [field(part[0], `Part of ${title} from`), field(part[1], `Part of ${title} to`)]
    this.problem = element('span', { className: 'problem', role: 'status' })
    this.button = press('Part', 'open', () => this.open(this.root.hidden), `Only a part of ${title}`)
    const onsubmit = event => { event.preventDefault(); this.take() }
    const [from, to] = this.ends, buttons = [element('button', { type: 'submit' }, 'Only this part')]
    if (String(id).includes('@')) buttons.push(press('Whole song', 'whole', () => this.take('')))
    this.root = element('form', { className: 'part', onsubmit }, 'from ', from, ' to ', to, ...buttons, this.problem)
    this.open(false)
  }

  open(yes) {
    this.root.hidden = !yes
    this.button.setAttribute('aria-expanded', yes)
    if (yes) this.ends[0].select()
  }

  // What is taken is another seed, which has a chip of its own.
  async take(part = this.ends.map(field => field.value.trim()).join('-')) {
    if (this.waiting) return
    this.waiting = true
    this.problem.textContent = 'it is being heard …'
    this.problem.textContent = await this.parts.ask(`${this.id}@${part}`).catch(error => error.message)
    this.waiting = false
  }
}

// A seed or the goal: it can be played, taken back, and a song made a part of itself.
class Chip {
  constructor(model, player, seed, kind, parts) {
    const { id, title, artist } = seed, name = [title, artist].filter(Boolean).join(', ')
    this.button = new PlayButton(player, id, name)
    this.problem = element('span', { className: 'problem', role: 'status' })
    const back = kind === 'goal' ? { kind, id: null } : { kind: 'seed', id, like: null }
    const sign = { goal: 'to', query: '+', unlike: '−' }[kind]
    const takeBack = press('×', 'back', () => model.send(back), `Take back: ${title}`)
    this.root = element('li', { className: `chip ${kind}`, title: artist },
      this.button.root, element('span', { className: 'sign' }, sign), ' ',
      element('span', { className: 'title' }, title), this.problem)
    const part = seed.part && new Part(parts, seed)
    this.root.append(...(part ? [part.button, takeBack, part.root] : [takeBack]))
    Object.assign(this, { player, song: seed })
    this.show()
  }

  show() {
    this.button.show()
    this.root.dataset.state = this.button.state
    const mine = this.player.id === this.song.id
    this.problem.textContent = mine && this.player.problem ? ` cannot be played: ${this.player.problem}` : ''
  }
}

// Songs, artists and albums of the catalog by their names, as one types; the arrows go through what was found.
class Search {
  constructor(model, label, pick) {
    this.found = new Requests(model, 'find', ({ songs }) => songs)
    this.pick = pick
    const look = { type: 'search', placeholder: label, 'aria-label': label, autocomplete: 'off', spellcheck: false }
    this.input = element('input', { ...look, oninput: () => this.look() })
    this.list = element('ul', { className: 'hits', 'aria-label': 'What was found', hidden: true })
    this.said = element('p', { className: 'live', role: 'status' })
    this.root = element('div', { className: 'search' }, this.input, this.list, this.said)
    this.root.addEventListener('keydown', event => this.key(event))
  }

  async look() {
    const text = this.input.value.trim()
    try {
      const songs = text ? await this.found.get(text) : []
      if (text === this.input.value.trim()) this.show(songs, text)
    } catch { /* there is no kernel, or it is busy: nothing is found */ }
  }

  show(songs, text) {
    const hit = song => press([song.title, song.artist].filter(Boolean).join(', '), 'hit', () => this.choose(song))
    this.list.replaceChildren(...songs.map(song => element('li', {}, hit(song))))
    this.list.hidden = !songs.length
    this.said.textContent = text ? `${songs.length} found` : ''
    this.root.classList.toggle('none', Boolean(text) && !songs.length)
  }

  clear() {
    this.input.value = ''
    this.show([], '')
    this.input.focus()
  }

  choose(song) {
    this.clear()
    this.pick(song)
  }

  key(event) {
    const hits = [...this.list.querySelectorAll('button')], at = hits.indexOf(document.activeElement)
    const go = { ArrowDown: at + 1, ArrowUp: at - 1 }[event.key]
    if (go !== undefined) (hits[go] ?? this.input).focus()
    else if (event.key === 'Escape') this.clear()
    else if (event.key === 'Enter' && at < 0 && hits.length) hits[0].click()
    else return
    event.preventDefault()
  }

  close() { this.found.close() }
}

const NUMBER = { type: 'number', min: 0, step: 'any' }
const MOST = [['', 'as usual'], [1, '1'], [2, '2'], [3, '3'], [5, '5'], [0, 'any number']]
const ORDERS = [
  ['distance', 'nearest first'], ['flow', 'flowing: each near the last'], ['rise', 'rising: calm to lively'],
]

const INSTEAD = {
  'leave out': 'leaving out', added: 'the last days', unplayed: 'days not played', music: 'a length',
  within: 'a greatest distance', learned: 'what was learned',
}

// The filters, each with the name that the kernel knows it by.
class Wishes {
  constructor(model) {
    this.model = model
    this.fields = {}
    const choice = (name, text, options) => element('label', {}, `${text} `,
      this.field(name, 'select', {}, ...options.map(([value, shown]) => element('option', { value }, shown))))
    const range = (name, text) => element('span', { className: 'range' }, `${text} `,
      this.field(`${name} from`, 'input', { ...NUMBER, 'aria-label': `${text} from` }), ' to ',
      this.field(`${name} to`, 'input', { ...NUMBER, 'aria-label': `${text} to` }))
    const number = (name, text, unit) => element('label', {},
      `${text} `, this.field(name, 'input', { ...NUMBER }), ` ${unit}`)
    const check = (name, text) => element('label', {}, this.field(name, 'input', { type: 'checkbox' }), ` ${text}`)
    const variety = { type: 'range', min: 0, max: 1, step: .1, 'aria-label': 'Variety, from the nearest to a surprise' }
    this.again = press('Again', 'again', () => model.send({ kind: 'again' }), 'Again: other songs')
    this.summary = element('summary', {})
    const fields = element('div', { className: 'fields' },
      this.name('genre', 'Genre'), this.name('artist', 'Artist'), this.name('album', 'Album'),
      this.name('folder', 'Folder'), this.name('tag', 'Tag'), this.name('leave out', 'Leave out'),
      range('year', 'Year'), range('minutes', 'Minutes'),
      number('added', 'Added in the last', 'days'), number('unplayed', 'Not played for', 'days'),
      number('music', 'For', 'minutes of music'), number('within', 'No farther than', ''),
      choice('order', 'Order', ORDERS),
      choice('by artist', 'Songs of an artist', MOST), choice('by album', 'Songs of an album', MOST),
      check('versions', 'more than one version of a song'), check('learned', 'by what was learned of my listening'),
      element('span', { className: 'variety' },
        'nearest ', this.field('variety', 'input', variety), ' surprise me ', this.again))
    const clear = press('Without filters', 'clear', () => this.send({}))
    this.root = element('details', { className: 'wishes' }, this.summary, fields, clear)
    this.show()
  }

  field(name, tag, properties, ...children) {
    const onchange = () => this.send(readWishes(this.fields))
    return this.fields[name] = element(tag, { ...properties, onchange }, ...children)
  }

  // A name may be typed, or chosen of those that many songs have.
  name(name, text) {
    const list = element('datalist', { id: 'songae-' + uniqueId() })
    const input = this.field(name, 'input', { type: 'text', autocomplete: 'off' })
    input.setAttribute('list', list.id)
    const fill = () => list.replaceChildren(
      ...(this.model.get('choices')[name] ?? []).map(value => element('option', { value })))
    input.onfocus = fill
    return element('label', { className: 'name' }, `${text} `, input, list)
  }

  send(wishes) { this.model.send({ kind: 'wishes', wishes }) }

  without(name) {
    const left = Object.entries(this.model.get('wishes')).filter(([key]) => key !== name && !key.startsWith(`${name} `))
    this.send(Object.fromEntries(left))
  }

  // As the kernel has understood it.
  show() {
    const wishes = this.model.get('wishes'), n = Object.keys(wishes).length
    for (const [name, field] of Object.entries(this.fields)) {
      if (field.type === 'checkbox') field.checked = Boolean(wishes[name])
      else field.value = wishes[name] ?? (field.type === 'range' ? 0 : field.tagName === 'SELECT' ? field[0].value : '')
    }
    const { folder, tag, heard, learned } = this.model.get('choices')
    for (const [name, found] of Object.entries({ folder, tag, unplayed: heard, learned })) {
      this.fields[name].parentElement.hidden = !found || found.length === 0
    }
    this.summary.textContent = n ? `Narrow down (${n})` : 'Narrow down'
    this.again.hidden = !wishes.variety
  }
}

// What was set, by name. Whatever is as usual is left out.
function readWishes(fields) {
  const isNumber = (name, { type }) => ['number', 'range'].includes(type) || name.startsWith('by ')
  const isUsual = (name, value) => [false, ''].includes(value) || { order: 'distance', variety: 0 }[name] === value
  const read = (name, field) => field.type === 'checkbox' ? field.checked
    : isNumber(name, field) && field.value !== '' ? Number(field.value) : field.value
  const set = Object.entries(fields).map(([name, field]) => [name, read(name, field)])
  return Object.fromEntries(set.filter(([name, value]) => !isUsual(name, value)))
}

// The chips, the field that adds to them, and the filters.
class Asked {
  constructor(model, player) {
    Object.assign(this, { model, player, chips: [] })
    this.parts = new Requests(model, 'part', ({ text }) => text)
    const pick = ({ id }) => model.send({ kind: 'seed', id, like: true })
    this.search = new Search(model, 'Find a song, an artist or an album', pick)
    this.wishes = new Wishes(model)
    this.list = element('ul', { className: 'chips', 'aria-label': 'What is asked' })
    this.notes = element('div', {})
    this.root = element('div', { className: 'asked' }, this.list, this.notes, this.search.root, this.wishes.root)
  }

  update({ seeds = [], goal, remarks = [] }) {
    this.wishes.show()
    const kinds = seeds.map(seed => [seed, seed.like ? 'query' : 'unlike'])
    const all = [...kinds, ...(goal ? [[goal, 'goal']] : [])]
    const focused = this.chips.findIndex(chip => chip.root.contains(document.activeElement))
    this.chips = all.map(([seed, kind]) => new Chip(this.model, this.player, seed, kind, this.parts))
    this.list.replaceChildren(...this.chips.map(chip => chip.root))
    if (focused >= 0) (this.chips[Math.min(focused, this.chips.length - 1)]?.button.root ?? this.search.input).focus()
    const notes = [...seeds.map(seed => seed.note), ...remarks].filter(Boolean)
    this.notes.replaceChildren(...notes.map(note => element('p', { className: 'note' }, note)))
  }

  show() { for (const chip of this.chips) chip.show() }

  // Where nothing is left: which filters are in the way.
  explain({ error, loosen }) {
    const remedies = loosen.map(name =>
      press(`Without ${INSTEAD[name] ?? name}`, 'loosen', () => this.wishes.without(name)))
    return element('div', { className: 'none', role: 'alert' }, element('p', {}, `${error}.`), ...remedies)
  }

  close() {
    this.search.close()
    this.parts.close()
  }
}
