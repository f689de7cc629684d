package body

// maxPlaces is how deep containers are told apart. What lies deeper means nothing to the gateway.
const maxPlaces = 8

// maxNesting is how deep the members of a request may lie in one another's "extra_body".
const maxNesting = 4

// purpose is what an open container is for. It is settled when the container opens, from the purpose of the
// one around it and the member that it is the value of; what is inside is then looked at accordingly.
type purpose uint8

const (
	elsewhere purpose = iota // nothing that the gateway looks at
	request                  // its members are those of the whole request
	choices                  // its members are settings
	toolList
	tool
	list    // texts or messages, which are counted
	message // one of them
	empty   // nothing may stand in it
)

// place is an open container.
type place struct {
	purpose purpose
	count   *int   // what a list counts
	fault   *Fault // of what stands in an empty place
	comma   int64  // where the last comma is; 0 for none

	// The member that is being read.
	start   int64 // of its name
	name    string
	folded  string // the same, as fold has it
	role    role
	model   int // which of the names of the model it is; -1 for none
	setting int // its index among the settings, plus one; 0 for none
}

// place returns the innermost open container, or a blank one where that lies too deep.
func (s *Scanner) place() *place {
	if s.depth == 0 || s.depth > maxPlaces {
		s.beyond = place{}
		return &s.beyond
	}
	return &s.places[s.depth-1]
}

// enter makes a place of the container that has just been opened around what comes.
func (s *Scanner) enter(around *place, isObject bool) {
	var p place
	switch {
	case s.depth == 1:
		p.purpose = request
		s.Inside = s.offset + 1
	case around.purpose == request:
		p = s.inRequest(around, isObject)
	case around.purpose == toolList && isObject:
		p.purpose = tool
	case around.purpose == list && around.count == &s.Messages && isObject:
		p.purpose = message
	case around.purpose == message && around.folded == "content" && !isObject:
		s.InParts = true
	}
	if s.depth <= maxPlaces {
		s.places[s.depth-1] = p
	}
}

// inRequest is what a container is that is the value of a member of the request. Order matters: what a
// model is named by may be neither a list nor an object, whatever else its name means.
func (s *Scanner) inRequest(around *place, isObject bool) place {
	switch {
	case around.model >= 0:
		s.stop(NoName, "")
	case around.role == nesting && s.depth > maxNesting:
		s.stop(NotJSON, "")
	case around.role == nesting && isObject:
		return place{purpose: request}
	case around.role == options && isObject:
		return place{purpose: choices}
	case around.role == tools && isObject:
		return place{purpose: tool}
	case around.role == tools:
		s.Tools = true
		return place{purpose: toolList}
	case around.role == otherModel:
		return place{purpose: empty, fault: &Fault{OtherModel, around.name}}
	case around.role == serverTool:
		return place{purpose: empty, fault: &Fault{ServerTools, around.name}}
	case !isObject:
		return place{purpose: list, count: s.counter(around.role)}
	}
	return place{}
}

// counter is what counts the texts of a member's value; for most members nobody reads it.
func (s *Scanner) counter(r role) *int {
	switch r {
	case prompts:
		return &s.Prompts
	case inputs:
		return &s.Inputs
	case messages:
		return &s.Messages
	}
	return new(int)
}

// begin looks at a value that begins with b in p. Where nothing may stand, even an empty list is refused:
// what a server would do with it need not be known.
func (s *Scanner) begin(p *place, b byte) {
	if isAtom(b) {
		s.text.reset(s.offset)
	}
	switch {
	case p.purpose == list && !isAtom(b): // a list of numbers is one text, of tokens
		*p.count++
	case p.purpose == empty:
		s.fault = p.fault
	case p.role == setting:
		s.beginSetting(p)
	}
}

// comma separates what was read in the innermost container from what comes.
func (s *Scanner) comma() {
	p := s.place()
	if p.setting > 0 {
		s.Settings[p.setting-1].after = s.offset
	}
	p.comma, p.setting = s.offset, 0
}

// leave comes after the end of a container: a setting may be one.
func (s *Scanner) leave() {
	if p := s.place(); p.setting > 0 {
		s.Settings[p.setting-1].end = s.offset + 1
	}
}
