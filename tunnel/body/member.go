package body

import (
	"math"
	"slices"
	"strconv"
	"strings"
)

// member looks at the name of a member, which is the token. In a request every name must be readable to the
// end, since it may be one that no server may get; in a message a name matters only if it is "content".
func (s *Scanner) member() {
	p := s.place()
	switch p.purpose {
	case elsewhere, toolList, list:
		return
	case empty:
		s.fault = p.fault
		return
	}
	name, ok := s.decoded()
	if p.purpose == message {
		p.folded, _ = roleOf(name)
		return
	}
	if !ok || s.text.cut {
		s.stop(NotJSON, "")
		return
	}
	p.start, p.name, p.model, p.setting = s.text.start, name, -1, 0
	p.folded, p.role = roleOf(name)
	switch {
	case p.purpose == request:
		p.model = slices.Index(s.names, p.folded)
		if slices.Contains(s.nests, p.folded) {
			p.role = nesting
		}
		s.memberOfRequest(p)
	case p.purpose != choices || p.role != setting:
		p.role = noRole
	}
}

// memberOfRequest holds that the model is named once and as it should be. Named in another case it is the
// model to encoding/json, and a field of no meaning to Python; in "extra_body" to a gateway that was asked by
// a client of OpenAI's, and to nobody else.
func (s *Scanner) memberOfRequest(p *place) {
	if s.depth == 1 {
		s.Members++
	}
	switch i := p.model; {
	case i < 0:
	case s.depth > 1:
		s.stop(Misspelled, "extra_body")
	case s.seen[i]:
		s.stop(Ambiguous, "")
	case p.name != s.names[i]:
		s.stop(Misspelled, p.name)
	default:
		s.seen[i] = true
	}
}

// value looks at a string or atom, which is the token.
func (s *Scanner) value(isString bool) {
	p := s.place()
	if p.setting > 0 {
		s.endSetting(p, isString)
	}
	switch {
	case p.purpose == tool && p.folded == "type" && isString:
		s.toolType()
	case p.purpose != request:
	case p.model >= 0:
		s.nameModel(p.model, isString)
	case p.role == otherModel && !s.isNothing(isString):
		s.stop(OtherModel, p.name)
	case p.role == serverTool && !s.isNothing(isString):
		s.stop(ServerTools, p.name)
	case p.role == answers:
		s.Answers = max(s.Answers, s.answersWanted())
	case p.role == prompts && isString && len(s.text.bytes) > 0:
		s.Prompts++
	case p.role == inputs && isString:
		s.Inputs++
	case p.name == "stream" && !isString:
		s.Streams = string(s.text.bytes) == "true"
	}
}

// isNothing reports whether a value names nothing: clients send a field with null, "" or false that they do
// not use.
func (s *Scanner) isNothing(isString bool) bool {
	text := string(s.text.bytes)
	return text == "" || !isString && (text == "null" || text == "false")
}

// toolType refuses tools that the server would run itself: "mcp" in OpenAI's Responses and LM Studio,
// "ephemeral_mcp" there too, "mcp_toolset" in Anthropic's Messages.
func (s *Scanner) toolType() {
	kind, ok := s.decoded()
	if !ok {
		s.stop(NotJSON, "")
	}
	if strings.Contains(fold(kind), mcp) {
		s.stop(ServerTools, "tools")
	}
}

// nameModel notes what the model is called by the i-th of the names.
func (s *Scanner) nameModel(i int, isString bool) {
	name, ok := s.decoded()
	switch {
	case !isString && name != "null":
		s.stop(NoName, "")
		return
	case !isString:
		name = ""
	case !ok:
		s.stop(NotJSON, "")
		return
	}
	s.model[i] = Located{Value: name, Start: s.text.start, End: s.offset}
	for _, l := range s.model {
		if name != "" && l.Value != "" && l.Value != name {
			s.stop(Ambiguous, "")
		}
	}
}

// maxNumber is more than any request may ask for.
const maxNumber = 1 << 20

// answersWanted reads the token as a number of answers.
func (s *Scanner) answersWanted() int {
	text, _ := s.decoded()
	return number(text)
}

// number is text as one. Python's pydantic takes a string with a number in it for one as well. It is
// 0 for what is none, and maxNumber at most.
func number(text string) int {
	n, err := strconv.ParseFloat(strings.ReplaceAll(strings.TrimSpace(text), "_", ""), 64)
	switch {
	case math.IsInf(n, 1):
		return maxNumber
	case err != nil || !(n > 0):
		return 0
	}
	return int(math.Ceil(min(n, maxNumber)))
}
