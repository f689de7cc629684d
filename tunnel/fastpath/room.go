package fastpath

import (
	"io"
	"sync"
)

// smallRoom is what a head and a short body fit into, largeRoom a head and a long chat. What is longer is net/http's.
const (
	smallRoom = 4 << 10
	largeRoom = 64 << 10
)

// What is read of a request stays in such a room until its body was read, and no longer: an answer may take minutes.
var (
	smallRooms = sync.Pool{New: func() any { return new([smallRoom]byte) }}
	largeRooms = sync.Pool{New: func() any { return new([largeRoom]byte) }}
)

// room is what was read of a connection and not taken yet. The zero value is empty, and takes no memory.
type room struct {
	space    []byte // nil while nothing is in it
	from, to int    // of space
}

// came is what was read and not taken yet. It holds until the next call of another method.
func (m *room) came() []byte { return m.space[m.from:m.to] }

// read reads once, behind what is there already. A large room is taken when a small one is full, and not before: what
// a head says of a length has not come yet.
func (m *room) read(from io.Reader) bool {
	switch {
	case m.space == nil:
		m.space = smallRooms.Get().(*[smallRoom]byte)[:]
	case m.from > 0:
		m.to = copy(m.space, m.came())
		m.from = 0
	}
	if m.to == len(m.space) && !m.grow() {
		return false
	}
	n, err := from.Read(m.space[m.to:])
	m.to += n
	return n > 0 || err == nil
}

// grow takes a large room in the place of a small one. It reports false where it is large already.
func (m *room) grow() bool {
	if len(m.space) == largeRoom {
		return false
	}
	large := largeRooms.Get().(*[largeRoom]byte)[:]
	n := copy(large, m.came())
	m.free()
	m.space, m.from, m.to = large, 0, n
	return true
}

// push puts bytes that were read elsewhere behind what is there. There is room for them: nothing has come since.
func (m *room) push(came []byte) {
	if len(came) == 0 {
		return
	}
	if m.space == nil {
		m.space = smallRooms.Get().(*[smallRoom]byte)[:]
	}
	m.to += copy(m.space[m.to:], came)
}

// free gives the room back.
func (m *room) free() {
	switch len(m.space) {
	case smallRoom:
		smallRooms.Put((*[smallRoom]byte)(m.space))
	case largeRoom:
		largeRooms.Put((*[largeRoom]byte)(m.space))
	}
	m.space, m.from, m.to = nil, 0, 0
}
