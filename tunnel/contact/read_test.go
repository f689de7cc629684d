package contact

import (
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"
)

const report = `{"occasion":"test","age":2000,"clock":1795766401500,"tries":[{"url":"http://[fd00::20]:8717","outcome":"answered","ms":12},` +
	`{"url":"http://modelbeam-1a2b.local:8717","outcome":"broken","ms":0}],"name":"no","online":"yes","network":"cellular",` +
	`"scheme":"http","browser":"webkit","obstacles":["origin","model"]}`

func TestRead(t *testing.T) {
	received := time.UnixMilli(1795766400000)
	got, err := Read([]byte(report), received)
	want := Report{
		Received: received, Made: received.Add(-2 * time.Second), Ahead: 1500 * time.Millisecond,
		Occasion: Test, Name: No, Online: Yes, Network: "cellular", Scheme: "http", Browser: "webkit",
		Tries: []Try{
			{URL: "http://[fd00::20]:8717", Outcome: Answered, Took: 12 * time.Millisecond},
			{URL: "http://modelbeam-1a2b.local:8717", Outcome: Broken},
		},
		Obstacles: []Obstacle{Origins, NoModel},
	}
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("%v\n%+v\n%+v", err, got, want)
	}
	long, err := Read([]byte(strings.Replace(report, `"age":2000`, `"age":8796093022208`, 1)), received)
	if err != nil || received.Sub(long.Made) != oldest {
		t.Errorf("of a report from before: %v, made %s ago", err, received.Sub(long.Made))
	}
}

// TestReadRefuses: nothing in a report is what a stranger likes.
func TestReadRefuses(t *testing.T) {
	for _, tt := range [][2]string{
		{`"occasion":"test"`, `"occasion":"Call 555-1234"`},
		{`"occasion":"test"`, `"occasion":""`},
		{`"age":2000`, `"age":-1`},
		{`"age":2000`, `"age":9223372036854775807`},
		{`"age":2000`, `"age":1e99`},
		{`"clock":1795766401500`, `"clock":9223372036854775807`},
		{`"name":"no"`, `"name":"maybe"`},
		{`"online":"yes"`, `"online":"x"`},
		{`"network":"cellular"`, `"network":"My Wi-Fi"`},
		{`"scheme":"http"`, `"scheme":"file"`},
		{`"browser":"webkit"`, `"browser":"Mozilla/5.0"`},
		{`"origin"`, `"anything"`},
		{`["origin","model"]`, `["key","key","key","key","key","key"]`},
		{`"outcome":"answered"`, `"outcome":"fine"`},
		{`"ms":12`, `"ms":-12`},
		{`"ms":12`, `"ms":120001`},
		{`http://[fd00::20]:8717`, `http://[fd00::20]:8717/`},
		{`http://[fd00::20]:8717`, `http://call-me.example`},
		{`http://[fd00::20]:8717`, `http://user@192.168.1.20`},
		{`http://[fd00::20]:8717`, `ftp://192.168.1.20`},
		{`http://[fd00::20]:8717`, `http://192.168.1.20:8717#c=7KQ2M9XF`},
		{`http://[fd00::20]:8717`, `http://` + strings.Repeat("a", 80) + `.local`},
		{`http://[fd00::20]:8717`, `http://ä.local`},
		{`http://[fd00::20]:8717`, ``},
		{`{"occasion"`, `{"note":"x","occasion"`},
		{`["origin","model"]}`, `["origin","model"]}{}`},
		{report, ``},
		{report, `null`},
		{report, `[]`},
		{`[{"url"`, `[` + strings.Repeat(`{"url":"http://10.0.0.1","outcome":"mute","ms":1},`, maxTries) + `{"url"`},
	} {
		text := strings.Replace(report, tt[0], tt[1], 1)
		if text == report {
			t.Fatalf("%s is not in the report", tt[0])
		}
		if r, err := Read([]byte(text), time.Now()); !errors.Is(err, ErrReport) {
			t.Errorf("%s: %v, %+v", tt[1], err, r)
		}
	}
}

func FuzzRead(f *testing.F) {
	f.Add(report)
	f.Fuzz(func(t *testing.T, text string) {
		r, err := Read([]byte(text), time.UnixMilli(1795766400000))
		if err != nil {
			return
		}
		for _, try := range r.Tries {
			if clean(try.URL) != try.URL || try.Took < 0 {
				t.Errorf("%q has a try of %q", text, try.URL)
			}
		}
	})
}
