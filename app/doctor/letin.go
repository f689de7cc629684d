package doctor

import (
	"context"

	"modelbeam/app/launch"
)

// LetPhonesIn does what the last Examine found to be needed to open a firewall, which has the system ask for the rights
// of an administrator, and examines again. Where that does not work, there is still the command for a terminal.
func (d *Doctor) LetPhonesIn(ctx context.Context) Diagnosis {
	d.mu.Lock()
	last, shows := d.last, d.shows
	d.mu.Unlock()
	if last.Do != DoLetIn || len(last.Fix) == 0 {
		return d.Examine(ctx, shows)
	}
	if err := launch.Elevated(ctx, last.Fix); err != nil {
		d.from.Log.Warn("open the firewall", "error", err)
		return last.notMended()
	}
	d.restart(ctx)
	return d.Examine(ctx, ShowsUnknown)
}

// notMended is the same trouble, after the button did not help.
func (d Diagnosis) notMended() Diagnosis {
	d.Advice = "Nothing was changed. Type this command in a terminal, or ask whoever looks after this computer."
	d.Action, d.Do = "Copy the command", DoCopy
	return d
}
