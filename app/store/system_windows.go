package store

import "os"

// noFollow is nothing: the exclusive creation that goes with it fails for a link too.
const noFollow = 0

// openFilesAreReplaced: Windows lets nobody replace a file that is open, unless whoever opened it has allowed that.
const openFilesAreReplaced = false

// syncDir does nothing: Windows cannot open a folder for writing, and NTFS journals renames.
func syncDir(string) error { return nil }

// stranger knows nobody: a user's folder is that user's, also for what an administrator puts
// there, because rights are inherited from it.
func stranger(string) string { return "" }

// giveToFolder does nothing, for the same reason.
func giveToFolder(*os.File) error { return nil }
