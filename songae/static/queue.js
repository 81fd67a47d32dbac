// Songs one after the other: what comes next is asked of the kernel, given what was played in this sitting.

const REASONS = {
  listening: 'Chosen by what you have played before, and by sound',
  sound: 'Chosen by sound alone',
}

class Queue {
  constructor(model, player, announce) {
    Object.assign(this, { model, player, announce, session: [], rows: [], current: null, on: false, failures: 0 })
    this.guesses = new Requests(model, 'next', ({ songs, by }) => ({ songs, by }))
    this.button = element('button', { type: 'button', className: 'on', onclick: () => this.toggle() })
    this.skip = element('button', { type: 'button', className: 'skip', onclick: () => this.advance() }, 'Next song')
    this.by = element('p', { className: 'by', role: 'status' })
    this.list = element('ol', { 'aria-label': 'What comes next' })
    this.root = element('div', { className: 'queue' }, this.button, ' ', this.skip, this.by, this.list)
    player.finished = id => {
      if (this.on && id === this.current) this.advance()
    }
    this.reset([])
  }

  // Another answer: the queue begins after its song.
  reset(session) {
    this.guesses.forget()
    Object.assign(this, { session, on: false, current: null, rows: [] })
    this.list.replaceChildren()
    this.by.textContent = ''
    this.root.hidden = !session.length
    this.show()
  }

  toggle() {
    if (!this.on) return this.advance()
    this.on = false
    this.player.stop()
    this.show()
  }

  // Play what comes next, and show what may come after it.
  async advance() {
    this.on = true
    this.show()
    try {
      const asked = this.session
      const { songs, by } = await this.guesses.get([asked[0], ...asked.slice(1).slice(-19)].join('|'))
      if (!this.on || asked !== this.session) return       // stopped, or another answer came meanwhile
      if (!songs.length) throw Error('there is no other song')
      this.begin(songs, REASONS[by])
    } catch (error) {
      this.on = false
      this.by.textContent = `It does not go on: ${error.message}`
      this.show()
    }
  }

  begin(songs, reason) {
    this.current = songs[0].id
    this.session = [...this.session, this.current]
    this.rows = songs.map((song, i) => new Row(this.player, song, i ? 'later' : 'now'))
    this.list.replaceChildren(...this.rows.map(row => row.root))
    this.by.textContent = reason
    this.announce(`Now ${songs[0].title}`)
    if (this.player.id !== this.current || this.player.state !== 'playing') this.player.toggle(this.current)
    this.show()
  }

  show() {
    const taken = this.current !== null && this.player.id !== this.current && this.player.state === 'playing'
    if (taken) this.on = false          // the listener has chosen something else
    const failed = this.on && this.player.id === this.current && this.player.state === 'failed'
    if (failed && this.failures++ < 5) this.advance()
    if (this.player.state === 'playing') this.failures = 0
    this.button.textContent = this.on ? 'Stop' : 'Play on'
    this.skip.hidden = !this.on
    for (const row of this.rows) row.show()
  }

  close() { this.guesses.close() }
}
