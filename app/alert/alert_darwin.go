package alert

import "context"

// show runs a script that takes the words as its arguments: nothing in them is ever taken for a script.
func show(ctx context.Context, title, sentence string) (seen bool) {
	return box{args: []string{
		"osascript",
		"-e", "on run {theTitle, theSentence}",
		"-e", "display alert theTitle message theSentence as critical",
		"-e", "end run",
		title, sentence,
	}}.show(ctx)
}
