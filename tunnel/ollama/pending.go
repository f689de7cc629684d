package ollama

import "sync"

// pending are lines that wait to be read. They take memory only until they are: a stream waits nearly all of its
// time, and there may be thousands. The zero value is empty.
type pending struct {
	lines []byte
	done  int // bytes of lines that were read
	room  *[]byte
}

// rooms are what lines are written into.
var rooms = sync.Pool{New: func() any { return new([]byte) }}

// largestRoom is what goes back. Few streams come in larger pieces, and the pool would keep the room of the largest.
const largestRoom = 128 << 10

func (p *pending) empty() bool { return p.done == len(p.lines) }

// begin gives lines room to be appended to.
func (p *pending) begin() {
	if p.room == nil {
		p.room = rooms.Get().(*[]byte)
		p.lines = (*p.room)[:0]
	}
}

func (p *pending) add(line []byte) {
	p.begin()
	p.lines = append(p.lines, line...)
}

// read takes as much as there is room for in to.
func (p *pending) read(to []byte) int {
	n := copy(to, p.lines[p.done:])
	if p.done += n; p.empty() {
		p.end()
	}
	return n
}

// end gives the room to others.
func (p *pending) end() {
	if p.room != nil && cap(p.lines) <= largestRoom { // it may have grown
		*p.room = p.lines[:0]
		rooms.Put(p.room)
	}
	*p = pending{}
}
