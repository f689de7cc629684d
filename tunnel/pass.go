package tunnel

import "time"

// Pass is what a guest's device may do.
type Pass struct {
	Until    time.Time // the end; zero: none
	Models   []string  // the models it may use, by their bare ids, as a server knows them; empty: all
	Requests int       // how many requests may go to servers; 0: no limit
	Used     int       // how many of them have gone
}
