; What runs while it is replaced or removed. Windows deletes no program that runs, but renames it.

Var WindowRan
Var ServiceRan
Var OldWindow  ; what the window's program is called while setup is at work, or empty
Var OldService ; the same of the service's

; Running sets RESULT to 1 where a program runs: Windows lets nobody write to its file meanwhile.
!macro Running FILE RESULT
	StrCpy ${RESULT} 0
	${If} ${FileExists} "${FILE}"
		ClearErrors
		FileOpen $0 "${FILE}" a
		${If} ${Errors}
			StrCpy ${RESULT} 1
		${Else}
			FileClose $0
		${EndIf}
	${EndIf}
!macroend

; AwaitEnd waits up to 5 s for a program to have ended.
!macro AwaitEnd FILE
	${For} $1 1 50
		!insertmacro Running "${FILE}" $2
		${If} $2 = 0
			${ExitFor}
		${EndIf}
		Sleep 100
	${Next}
!macroend

!macro RunningFunctions UN
; CloseWindows asks each window of the program at $INSTDIR to close, as its cross does, and leaves those of
; any other copy alone.
Function ${UN}CloseWindows
	StrCpy $1 0
	${Do}
		System::Call "user32::FindWindowExW(p 0, p r1, p 0, w '${APP}') p .r1"
		${If} $1 P= 0
			${ExitDo}
		${EndIf}
		System::Call "user32::GetWindowThreadProcessId(p r1, *i .r2)"
		System::Call "kernel32::OpenProcess(i 0x1000, i 0, i r2) p .r3" ; PROCESS_QUERY_LIMITED_INFORMATION
		StrCpy $4 ""
		System::Call "kernel32::QueryFullProcessImageNameW(p r3, i 0, w .r4, *i ${NSIS_MAX_STRLEN})"
		System::Call "kernel32::CloseHandle(p r3)"
		${If} $4 == "${WINDOW}"
			System::Call "user32::PostMessageW(p r1, i ${WM_CLOSE}, p 0, p 0)"
		${EndIf}
	${Loop}
FunctionEnd

; StopRunning ends the service and the window, and remembers which of them ran. beam itself sees to it that no
; answer is cut off, and says whether there was a service: that beam.exe runs may have other reasons.
Function ${UN}StopRunning
	StrCpy $ServiceRan 0
	!insertmacro Running "${WINDOW}" $WindowRan
	!insertmacro Running "${SERVICE}" $0
	${If} $0 = 1
		nsExec::ExecToStack /TIMEOUT=60000 '"${SERVICE}" stop'
		Pop $0
		Pop $0
		${If} $0 == "Modelbeam has ended.$\r$\n"
		${OrIf} $0 == "Modelbeam has ended.$\n"
			StrCpy $ServiceRan 1
		${EndIf}
		!insertmacro AwaitEnd "${SERVICE}"
	${EndIf}
	${If} $WindowRan = 1
		Call ${UN}CloseWindows
		!insertmacro AwaitEnd "${WINDOW}"
	${EndIf}
FunctionEnd
!macroend
!insertmacro RunningFunctions ""
!insertmacro RunningFunctions "un."

; Aside renames FILE and puts its new name into OLD. The error flag says that it could not.
!macro Aside FILE OLD
	StrCpy ${OLD} ""
	${If} ${FileExists} "${FILE}"
		StrCpy $1 0
		${While} ${FileExists} "${FILE}.$1.old" ; of an earlier update, and may still run
			IntOp $1 $1 + 1
		${EndWhile}
		ClearErrors
		Rename "${FILE}" "${FILE}.$1.old"
		${IfNot} ${Errors}
			StrCpy ${OLD} "${FILE}.$1.old"
		${EndIf}
	${EndIf}
!macroend

; MakeWay renames both programs, or none: then the error flag is set.
Function MakeWay
	Delete "${WINDOW}.*.old"
	Delete "${SERVICE}.*.old"
	ClearErrors
	!insertmacro Aside "${WINDOW}" $OldWindow
	${IfNot} ${Errors}
		!insertmacro Aside "${SERVICE}" $OldService
	${EndIf}
FunctionEnd

; ForgetOld removes what MakeWay renamed. What still runs stays until the app starts next, or until it is
; removed.
Function ForgetOld
	StrCpy $OldWindow ""
	StrCpy $OldService ""
	Delete "${WINDOW}.*.old"
	Delete "${SERVICE}.*.old"
	ClearErrors
FunctionEnd

; PutBack undoes MakeWay.
Function PutBack
	${If} $OldWindow != ""
		Delete "${WINDOW}"
		Rename $OldWindow "${WINDOW}"
	${EndIf}
	${If} $OldService != ""
		Delete "${SERVICE}"
		Rename $OldService "${SERVICE}"
	${EndIf}
FunctionEnd

; StartAgain starts what ran before. The last page shows the window, where there is one.
Function StartAgain
	${If} $WindowRan = 1
	${AndIf} ${Silent}
		Exec '"${WINDOW}"'
	${ElseIf} $ServiceRan = 1
		Exec '"${WINDOW}" --hidden'
	${EndIf}
FunctionEnd
