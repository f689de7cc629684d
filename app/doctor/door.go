package doctor

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"modelbeam/tunnel/contact"
)

// requestWithin is how long after its preflight a request may still be on its way.
const requestWithin = time.Second

// clocksApart is by how much the clocks may differ. A code lives for three minutes.
const clocksApart = 2 * time.Minute

// telling are the kinds of contacts that show what is wrong with a phone that has come.
var telling = []contact.Kind{
	contact.Secure, contact.Proxied, contact.Distant, contact.WrongHost, contact.Preflight, contact.BadOrigin,
	contact.NoKey, contact.BadKey, contact.RemovedKey, contact.BadCode, contact.OldCode, contact.UsedCode, contact.Failed,
}

// shown makes a check that holds when the last telling contact of a phone is of one of these kinds, and nothing good
// has followed it.
func shown(kinds ...contact.Kind) func(*Facts) verdict {
	return func(f *Facts) verdict {
		c, ok := f.unresolved(telling...)
		if !ok || !slices.Contains(kinds, c.Kind) || c.Kind == contact.Preflight && f.Shows != ShowsApp && f.Now.Sub(c.Last) < requestWithin {
			return verdict{}
		}
		return verdict{level: sure, proof: told(c), params: map[string]string{"Detail": c.Detail}, edit: func(d *Diagnosis) {
			if d.Cause == WrongHost && c.Detail == "" {
				d.Advice = "Open {{.URL}} on the phone instead."
			}
		}}
	}
}

// proxied is a phone whose requests take a detour, whatever becomes of them: what stands between may drop its key, too.
func proxied(f *Facts) verdict {
	c, ok := f.unresolved(contact.Proxied, contact.Distant)
	if !ok {
		return verdict{}
	}
	return verdict{level: sure, proof: told(c)}
}

// stuck is a machine that connects, and of which no request ever arrives: small packets get through, and what follows
// does not, as on the detours of VPNs whose packets have to be smaller. Programs that only look who listens do that
// too, but then nobody waits for them.
func (f *Facts) stuck() (contact.Contact, bool) {
	c, ok := f.unresolved(contact.Silent)
	asked := slices.ContainsFunc(f.Contacts, func(o contact.Contact) bool { return o.Peer == c.Peer && o.Kind != contact.Silent })
	return c, ok && !asked && f.Shows != ShowsUnknown
}

// detour is what keeps a phone stuck.
func detour(f *Facts) verdict {
	c, ok := f.stuck()
	if !ok {
		return verdict{}
	}
	return verdict{level: likely, proof: told(c)}
}

// told is a contact in the words of a report.
func told(c contact.Contact) string {
	text := fmt.Sprintf("%s: %s x%d, last at %s", private(c.Peer), c.Kind, c.Count, c.Last.UTC().Format(time.TimeOnly))
	if detail := discreet(c); detail != "" {
		text += " (" + detail + ")"
	}
	return text
}

// failed makes a check of a server that failed a phone, by how the codes of its errors begin.
func failed(codes ...string) func(*Facts) verdict {
	return func(f *Facts) verdict {
		c, ok := f.unresolved(telling...)
		begins := func(code string) bool { return strings.HasPrefix(c.Detail, code) }
		if !ok || c.Kind != contact.Failed || !slices.ContainsFunc(codes, begins) {
			return verdict{}
		}
		v := verdict{level: sure, proof: told(c)}
		if list := f.online(); len(list) == 1 {
			v = aboutServer(list[0], told(c))
		}
		return v
	}
}

// clock compares this computer's with the phone's.
func clock(f *Facts) verdict {
	for _, r := range f.Reports {
		if off := r.Ahead.Abs(); off > clocksApart && f.troubled() {
			minutes := strconv.Itoa(int(off.Round(time.Minute).Minutes()))
			return verdict{level: sure, proof: "the phone's clock is off by " + off.String(), params: map[string]string{"Minutes": minutes}}
		}
	}
	return verdict{}
}

// stopped is a web app whose browser or whose origin keeps it out. The origin of a file or a sandbox has no name.
func stopped(f *Facts) verdict {
	v := shown(contact.Preflight, contact.BadOrigin)(f)
	if origin := v.params["Detail"]; origin == "" || origin == "null" {
		v.edit = aboutAnyWebApp
	}
	return v
}

func aboutAnyWebApp(d *Diagnosis) {
	d.Advice = "In the browser's settings, allow the web app to use the local network. Or use the page that the code opens."
}

// barred is a web app that is kept out, as the page's test has found; the test does not know which.
func barred(f *Facts) verdict {
	found := slices.ContainsFunc(f.Reports, func(r contact.Report) bool { return slices.Contains(r.Obstacles, contact.Origins) })
	if !found || f.Shows != ShowsApp {
		return verdict{}
	}
	return verdict{level: sure, proof: "the phone's test found that web apps are kept out", edit: aboutAnyWebApp}
}

// appBlocked is about an app whose phone gets our page, while the app itself never comes.
func appBlocked(f *Facts) verdict {
	page, ok := f.newest(f.Contacts, contact.Page)
	_, failed := f.unresolved(contact.Failed)
	if f.Shows != ShowsApp || !ok || failed {
		return verdict{}
	}
	return verdict{level: sure, proof: "the page was given out, and no app came: " + told(page)}
}

// nameNotFound is a phone that tried the name that stays, and got no address for it. Many phones know no such names, so
// that it only counts where something does not work.
func nameNotFound(f *Facts) verdict {
	unnamed := slices.ContainsFunc(f.Reports, func(r contact.Report) bool { return r.Name == contact.No })
	if !unnamed || f.turnedAway() == sure || f.Shows != ShowsApp && f.Shows != ShowsUnreachable {
		return verdict{}
	}
	return verdict{level: sure, proof: "the phone knows no address for " + f.Own.Local, params: map[string]string{"Host": f.Own.Local}}
}
