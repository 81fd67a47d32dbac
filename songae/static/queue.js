// Songs one after the other: what comes next is asked of the kernel, given what was played in this sitting.

const REASONS = {
  listening: 'Chosen by what you have played before, and by sound',
  sound: 'Chosen by sound alone',
}
const REMEMBERED = '. What plays here is remembered on this computer: songae history'

class Queue {
  constructor(model, player, announce) {
    Object.assign(this, { model, player, announce, session: [], rows: [], current: null, on: false, failures: 0 })
    this.waiting = false        // for the kernel; meanwhile another song may still play
    const read = ({ songs, by, remembered }) => ({ songs, reason: REASONS[by] + (remembered ? REMEMBERED : '') })
    this.guesses = new Requests(model, 'next', read)
    this.button = element('button', { type: 'button', className: 'on', onclick: () => this.toggle() })
    this.skip = element('button', { type: 'button', className: 'skip', onclick: () => this.advance() }, 'Next song')
    this.by = element('p', { className: 'by', role: 'status' })
    this.list = element('ol', { 'aria-label': 'What comes next' })
    this.root = element('div', { className: 'queue' }, this.button, ' ', this.skip, this.by, this.list)
    player.finished = id => {
      if (this.on && id === this.current) this.advance()
    }
    player.left = (id, share) => this.tell(id, share)
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

  // What the queue plays is told to the kernel, and nothing else that is played on the page.
  tell(id, share) {
    if (!this.on || !this.session.includes(id)) return
    try { this.model.send({ kind: 'played', id, share }) } catch { /* there is no kernel any more */ }
  }

  toggle() {
    if (!this.on) return this.advance()
    this.player.stop()
    this.on = false
    this.show()
  }

  // Play what comes next, and show what may come after it.
  async advance() {
    this.on = this.waiting = true
    this.show()
    const { session } = this, { id } = this.player
    try {
      const { songs, reason } = await this.guesses.get([session[0], ...session.slice(1).slice(-19)].join('\n'))
      if (!this.on || session !== this.session) return        // stopped, or another answer came meanwhile
      if (id !== this.player.id) return this.giveWay()        // the listener has chosen something else meanwhile
      if (!songs.length) throw Error('there is no other song')
      this.begin(songs, reason)
    } catch (error) {
      this.by.textContent = `It does not go on: ${error.message}`
      this.giveWay()
    } finally {
      this.waiting = false
    }
  }

  giveWay() {
    this.on = false
    this.show()
  }

  begin(songs, reason) {
    this.take(songs[0].id)
    this.rows = songs.map((song, i) => new Row(this.player, song, i ? 'later' : 'now'))
    this.list.replaceChildren(...this.rows.map(row => row.root))
    this.by.textContent = reason
    this.announce(`Now ${songs[0].title}`)
    if (this.player.id !== this.current || this.player.state !== 'playing') this.player.toggle(this.current)
    this.show()
  }

  take(id) {
    this.current = id
    this.session = [...this.session, id]
  }

  show() {
    const { id, state } = this.player
    if (this.on && !this.waiting && state === 'playing' && id !== this.current) {
      if (this.rows.some(row => row.song.id === id)) this.take(id)        // a later one was chosen
      else this.on = false                                                // something else was
    }
    if (state === 'playing') this.failures = 0
    const failed = this.on && state === 'failed' && id === this.current
    if (failed && this.failures++ < 5) this.advance()
    this.button.textContent = this.on ? 'Stop' : 'Play on'
    this.skip.hidden = !this.on
    for (const row of this.rows) row.show()
  }

  close() { this.guesses.close() }
}
