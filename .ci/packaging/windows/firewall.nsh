; The firewall's rule for the program that listens. It is about the program, so that it holds for any port,
; and for private networks alone: a café's Wi-Fi is public.
;
; Anybody may read the rules in the registry, each one text: v2.30|Action=Allow|Active=TRUE|Dir=In|...|App=C:\...|

!define RULES "SYSTEM\CurrentControlSet\Services\SharedAccess\Parameters\FirewallPolicy\FirewallRules"
!define NETSH "$SYSDIR\netsh.exe advfirewall firewall"
!define DROP_RULES '${NETSH} delete rule name=all program="${SERVICE}"'
!define ADD_RULE '${NETSH} add rule name="${APP}" dir=in action=allow enable=yes profile=private,domain program="${SERVICE}"'


!macro FirewallFunctions UN
; FirewallRules counts the rules in force for our program: $0 those that let phones in, $1 those that keep
; them out, and one of these is stronger than all others.
Function ${UN}FirewallRules
	StrCpy $0 0
	StrCpy $1 0
	StrCpy $2 0
	${Do}
		ClearErrors
		EnumRegValue $3 HKLM "${RULES}" $2
		${If} ${Errors}
			${ExitDo}
		${EndIf}
		IntOp $2 $2 + 1
		ReadRegStr $4 HKLM "${RULES}" $3
		System::Call 'shlwapi::StrStrIW(w r4, w "|App=${SERVICE}|") p .r5'
		System::Call 'shlwapi::StrStrIW(w r4, w "|Active=TRUE|") p .r6'
		System::Call 'shlwapi::StrStrIW(w r4, w "|Dir=In|") p .r7'
		System::Call 'shlwapi::StrStrIW(w r4, w "|Action=Allow|") p .r8'
		${If} $5 P= 0
		${OrIf} $6 P= 0
		${OrIf} $7 P= 0
			${Continue}
		${EndIf}
		${If} $8 P= 0
			IntOp $1 $1 + 1
		${Else}
			IntOp $0 $0 + 1
		${EndIf}
	${Loop}
FunctionEnd
!macroend
!insertmacro FirewallFunctions ""
!insertmacro FirewallFunctions "un."

; FirewallLets sets $0 to 1 where phones may come in already.
Function FirewallLets
	Call FirewallRules
	${If} $0 > 0
	${AndIf} $1 = 0
		StrCpy $0 1
	${Else}
		StrCpy $0 0
	${EndIf}
FunctionEnd

Var Asked

; LetPhonesIn asks for the right to change the rules, once. Those that a "Cancel" to Windows' own question
; has left go first: they would win.
Function LetPhonesIn
	${If} $Asked = 1
		Return
	${EndIf}
	StrCpy $Asked 1
	ExecShellWait "runas" "$SYSDIR\cmd.exe" '/c ${DROP_RULES} & ${ADD_RULE}' SW_HIDE
FunctionEnd

; ForgetPhones removes the rules. Where nobody can be asked that needs rights that we may not have.
Function un.ForgetPhones
	Call un.FirewallRules
	IntOp $0 $0 + $1
	${If} $0 = 0
		Return
	${EndIf}
	${If} ${Silent}
		nsExec::Exec '${DROP_RULES}'
		Pop $0
	${Else}
		ExecShellWait "runas" "$SYSDIR\cmd.exe" '/c ${DROP_RULES}' SW_HIDE
	${EndIf}
FunctionEnd
