package doctor

import (
	"maps"
	"slices"
	"strings"
)

// Diagnosis is what stands in the way, in words for the person: Title, Advice, Question and Action are English
// patterns over Params and the keys of their translations, as those of app.Problem are.
type Diagnosis struct {
	Cause Cause `json:"cause"`
	// Sure says that it was seen. Else it is what is left, or the most likely.
	Sure     bool              `json:"sure"`
	Between  []Cause           `json:"between,omitempty"` // the two that are left, where Cause is Inconclusive
	Title    string            `json:"title"`
	Advice   string            `json:"advice"`             // the next step: one or two sentences
	Question string            `json:"question,omitempty"` // what decides Between
	Action   string            `json:"action,omitempty"`   // the button's text, or empty: nothing to press
	Do       Deed              `json:"do,omitempty"`       // what the button does
	Command  string            `json:"command,omitempty"`  // what does it in a terminal, for copying
	Fix      []string          `json:"-"`                  // for DoLetIn: the program that does it with rights
	Params   map[string]string `json:"params,omitempty"`
	Proof    []string          `json:"proof,omitempty"` // what was seen, in technical English
	Report   string            `json:"report"`          // all that is known, for a bug report; no secrets
}

// Deed is what a button does.
type Deed string

// The deeds. Those that have no method of the Controller of their own are its Mend.
const (
	DoNothing         Deed = ""
	DoRetry           Deed = "retry"            // the State's Problem
	DoResume          Deed = "resume"           // sharing
	DoUseAddress      Deed = "use-address"      // Params["Address"], in the code
	DoLetIn           Deed = "let-in"           // through a firewall: asks for an administrator
	DoCopy            Deed = "copy"             // Command, or Params["URL"] where there is none
	DoNetworkSettings Deed = "network-settings" // of the system
	DoPrivacySettings Deed = "privacy-settings" // of the system
	DoFirewall        Deed = "firewall-settings"
	DoEnterKey        Deed = "enter-key" // of the server at Params["URL"]
)

// check looks for one cause.
type check struct {
	cause Cause
	judge func(*Facts) verdict
}

// verdict is what a check says. The zero value is: it is not that.
type verdict struct {
	level  level
	params map[string]string
	proof  string
	edit   func(*Diagnosis) // where the table's words do not fit, or a command has to be added
}

type level uint8

const (
	no level = iota
	likely
	sure
)

// Diagnose says what stands in the way. It looks at nothing but the facts.
func Diagnose(f Facts) Diagnosis {
	if f.Own.Known != nil {
		return f.finish(*f.Own.Known)
	}
	var left []Diagnosis
	for _, c := range checks {
		v := c.judge(&f)
		switch v.level {
		case sure:
			return f.finish(worded(c.cause, v))
		case likely:
			left = append(left, worded(c.cause, v))
		}
	}
	switch len(left) {
	case 0:
		return f.finish(worded(Fine, f.fine()))
	case 1:
		return f.finish(left[0])
	}
	return f.finish(between(left[0], left[1]))
}

// fine says so, and since when it is known.
func (f *Facts) fine() verdict {
	c, ok := f.newest(f.Contacts, good...)
	if !ok {
		return verdict{level: sure, proof: "nothing was found that keeps phones out"}
	}
	return verdict{level: sure, proof: told(c), edit: func(d *Diagnosis) {
		d.Title, d.Advice = "Phones can reach this computer.", "One did just now. If yours does not connect, scan the code once more."
	}}
}

// Plain is the Diagnosis in English, with its parameters filled in.
func (d Diagnosis) Plain() Diagnosis {
	for _, text := range []*string{&d.Title, &d.Advice, &d.Question, &d.Action} {
		for _, name := range slices.Sorted(maps.Keys(d.Params)) {
			*text = strings.ReplaceAll(*text, "{{."+name+"}}", d.Params[name])
		}
	}
	return d
}

// Of is what is said of a cause, without anything having been examined: of NotRunning, for one.
func Of(c Cause, params map[string]string) Diagnosis {
	return worded(c, verdict{level: sure, params: params})
}

// Causes are all that Of has words for, in the order of their names.
func Causes() []Cause { return slices.Sorted(maps.Keys(texts)) }

// finish adds what every Diagnosis has.
func (f *Facts) finish(d Diagnosis) Diagnosis {
	if d.Params == nil {
		d.Params = make(map[string]string)
	}
	for name, value := range map[string]string{"URL": f.Own.URL, "Name": f.Own.Name} {
		if d.Params[name] == "" {
			d.Params[name] = value
		}
	}
	d.Report = report(f, d)
	return d
}

// between says that two are left, and how to tell them apart. The button is that of the first.
func between(a, b Diagnosis) Diagnosis {
	d := a
	d.Cause, d.Sure, d.Between = Inconclusive, false, []Cause{a.Cause, b.Cause}
	d.Title = texts[Inconclusive].title
	q := questionOn(a.Cause, b.Cause)
	d.Question, d.Advice = q.asks, q.leads
	d.Proof = slices.Concat(a.Proof, b.Proof)
	return d
}
