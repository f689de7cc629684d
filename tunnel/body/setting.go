package body

// maxSettings bounds what is remembered of a body that repeats itself.
const maxSettings = 64

// Setting is a member by which a request asks something of the machine that it runs on.
type Setting struct {
	Name     string // in lower case
	Text     string // the value, a string's without quotes; empty for a list or an object
	IsString bool

	top           bool  // a member of the whole object
	start         int64 // of the name
	value, end    int64 // of the value
	before, after int64 // the commas around the member; 0 for none
}

// beginSetting notes a setting in the moment that its value begins. A body that has more of them than anybody
// writes is refused: each is remembered, and costs an edit.
func (s *Scanner) beginSetting(p *place) {
	if len(s.Settings) == maxSettings {
		s.stop(Repetitive, p.name)
		return
	}
	s.Settings = append(s.Settings, Setting{
		Name: p.folded, top: s.depth == 1, start: p.start, value: s.offset, before: p.comma,
	})
	p.setting = len(s.Settings)
}

// endSetting notes the value of a setting that is a string or an atom.
func (s *Scanner) endSetting(p *place, isString bool) {
	text, _ := s.decoded()
	t := &s.Settings[p.setting-1]
	t.Text, t.IsString, t.end = text, isString, s.offset
}

// edit puts Text in the place of the bytes from Start to End.
type edit struct {
	Start, End int64
	Text       []byte
}

// replaced is the edit that gives the setting another value, as JSON.
func (t *Setting) replaced(value []byte) edit { return edit{t.value, t.end, value} }

// drop returns the edits that take members out, which must be in the order of the body, and how
// many of them are members of the whole object. Members that follow one another go as one, with the
// commas that are too many.
func drop(members []Setting) (edits []edit, top int) {
	for len(members) > 0 {
		run := 1
		for run < len(members) && members[run].before > 0 && members[run].before == members[run-1].after {
			run++
		}
		edits = append(edits, droppedRun(members[0], members[run-1]))
		for _, m := range members[:run] {
			if m.top {
				top++
			}
		}
		members = members[run:]
	}
	return edits, top
}

// droppedRun takes the comma after the run with it, or the one before where there is none after: what is
// left must be an object again.
func droppedRun(first, last Setting) edit {
	switch {
	case last.after > 0:
		return edit{Start: first.start, End: last.after + 1}
	case first.before > 0:
		return edit{Start: first.before, End: last.end}
	}
	return edit{Start: first.start, End: last.end}
}
