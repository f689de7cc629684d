package awake

import (
	"runtime"
	"testing"
)

// TestExecutionState: Windows keeps what a thread asks for, and tells it back.
func TestExecutionState(t *testing.T) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	if _, err := executionState(esContinuous | esSystemRequired); err != nil {
		t.Fatal(err)
	}
	before, err := executionState(esContinuous)
	if err != nil || before != esContinuous|esSystemRequired {
		t.Errorf("it was %#x, %v", before, err)
	}
	if before, err = executionState(esContinuous); err != nil || before != esContinuous {
		t.Errorf("it is %#x, %v", before, err)
	}
}

func TestHold(t *testing.T) {
	for range 3 {
		l, err := hold(t.Context(), "A phone is being answered")
		if err != nil {
			t.Fatal(err)
		}
		l.release()
	}
}

func TestPowerStatus(t *testing.T) {
	for status, want := range map[systemPowerStatus]Power{
		{acLine: 1, batteryFlag: 128, percent: 255}: {Percent: -1},
		{acLine: 1, batteryFlag: 8, percent: 60}:    {Battery: true, Percent: 60},
		{acLine: 0, batteryFlag: 4, percent: 4}:     {Battery: true, OnBattery: true, Percent: 4},
		{acLine: 255, batteryFlag: 1, percent: 90}:  {Battery: true, Percent: 90},
		{acLine: 0, batteryFlag: 0, percent: 255}:   {Battery: true, OnBattery: true, Percent: -1},
		{acLine: 255, batteryFlag: 255, percent: 0}: {Percent: -1},
	} {
		if got := status.power(); got != want {
			t.Errorf("%+v: %+v, want %+v", status, got, want)
		}
	}
	if p := power(t.Context()); p.Percent > 100 {
		t.Errorf("this computer: %+v", p)
	}
}
