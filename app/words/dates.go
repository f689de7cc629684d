package words

import (
	"strings"
	"time"
)

// Clock is a time of the day. All our languages read 15:04, so it is never taken for the other half of
// the day.
func Clock(t time.Time) string { return t.Format("15:04") }

// DayName is a day of this year or so: Nov 21.
func DayName(t time.Time) string {
	return L("{{.Month}} {{.Day}}", Values{"Month": month(t), "Day": t.Day()})
}

// dayAndYear is a day of any year: Nov 21, 2026.
func dayAndYear(t time.Time) string {
	return L("{{.Month}} {{.Day}}, {{.Year}}", Values{"Month": month(t), "Day": t.Day(), "Year": t.Format("2006")})
}

// month is its name as it stands beside a day. Names may have no-break spaces in them.
func month(t time.Time) string {
	names := strings.Split(L("Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec"), " ")
	return names[(int(t.Month())-1)%len(names)]
}
