package pairing

import (
	"errors"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"modelbeam/app/devices"
)

func TestCodeWorksOnce(t *testing.T) {
	var c Codes
	shown, _ := c.New(nil)
	if !regexp.MustCompile(`^[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}$`).MatchString(shown) {
		t.Errorf("shown as %q", shown)
	}
	if _, err := c.Use(shown); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Use(shown); !errors.Is(err, ErrUsed) {
		t.Errorf("second use: %v", err)
	}
}

func TestCodeAsTyped(t *testing.T) {
	for _, typed := range []func(string) string{
		strings.ToLower,
		func(s string) string { return strings.ReplaceAll(s, "-", "") },
		func(s string) string { return " " + strings.ReplaceAll(s, "-", " ") + " " },
		func(s string) string { return strings.ReplaceAll(s, "0", "o") },
		func(s string) string { return strings.ReplaceAll(s, "1", "l") },
		func(s string) string { return strings.ReplaceAll(s, "1", "I") },
	} {
		var c Codes
		shown, _ := c.New(nil)
		if _, err := c.Use(typed(shown)); err != nil {
			t.Errorf("%q typed for %q: %v", typed(shown), shown, err)
		}
	}
}

func TestWrongCodes(t *testing.T) {
	var c Codes
	for _, wrong := range []string{"", "-", "0000-0000", strings.Repeat("0", 1000)} {
		if _, err := c.Use(wrong); !errors.Is(err, ErrWrong) {
			t.Errorf("before any code, %.10q: %v", wrong, err)
		}
	}
	shown, _ := c.New(nil)
	for _, wrong := range []string{"", shown[:8], shown + "0"} {
		if _, err := c.Use(wrong); !errors.Is(err, ErrWrong) {
			t.Errorf("%q for %q: %v", wrong, shown, err)
		}
	}
}

func TestCodeExpires(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var c Codes
		first, _ := c.New(nil)
		time.Sleep(Life - time.Second)
		second, _ := c.New(nil)
		if _, err := c.Use(first); err != nil {
			t.Errorf("in its last second, with a newer code out: %v", err)
		}
		time.Sleep(Life + time.Second)
		if _, err := c.Use(second); !errors.Is(err, ErrExpired) {
			t.Errorf("after its life: %v", err)
		}
		time.Sleep(codesRemembered)
		c.New(nil)
		if _, err := c.Use(second); !errors.Is(err, ErrWrong) {
			t.Errorf("long after its life: %v, want it forgotten", err)
		}
	})
}

func TestRevoke(t *testing.T) {
	var c Codes
	shown, _ := c.New(nil)
	c.Revoke()
	if _, err := c.Use(shown); !errors.Is(err, ErrExpired) {
		t.Errorf("got %v", err)
	}
}

func TestTwoPhonesOneCode(t *testing.T) {
	var c Codes
	shown, _ := c.New(nil)
	var won atomic.Int32
	var wg sync.WaitGroup
	for range 50 {
		wg.Go(func() {
			if _, err := c.Use(shown); err == nil {
				won.Add(1)
			}
		})
	}
	wg.Wait()
	if won.Load() != 1 {
		t.Errorf("%d phones paired with one code", won.Load())
	}
}

func TestCodeCarriesItsPass(t *testing.T) {
	var c Codes
	guest := &devices.Pass{Requests: 3}
	forGuest, _ := c.New(guest)
	forAll, _ := c.New(nil)
	if got, err := c.Use(forAll); got != nil || err != nil {
		t.Errorf("the code without a pass gave %v, %v", got, err)
	}
	if got, err := c.Use(forGuest); got != guest || err != nil {
		t.Errorf("the guest's code gave %v, %v", got, err)
	}
}
