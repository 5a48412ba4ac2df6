//! What every script begins with: its help, its switches, and the functions that its steps call.

use std::collections::BTreeSet;
use std::io::{self, Write};

use super::{Script, comment};

/// What stands before the functions. PowerShell takes the first comment for the help of the script.
const PARAMETERS: &str = r"# .DESCRIPTION
# Read it, delete the steps that you do not want, and connect: it prints what it would do, and changes nothing until
# it is run with -Apply. It stops at the first error and says at which step.
# .PARAMETER Apply
# Make the changes.
# .PARAMETER From
# Number of the step to begin with, where an earlier run stopped.
# .EXAMPLE
# ./changes.ps1
# .EXAMPLE
# ./changes.ps1 -Apply -From 3
[CmdletBinding()]
param(
    [switch]$Apply,
    [int]$From = 1
)
";

/// The functions. Cmdlets of script modules do not see the preference of a script, but they do see default parameters.
const FUNCTIONS: &str = r"
$ErrorActionPreference = 'Stop'
$PSDefaultParameterValues = @{ '*:ErrorAction' = 'Stop' }

function Invoke-Change {
    param([int]$Step, [string]$What, [scriptblock]$Do)
    if ($Step -lt $From) { return }
    if (-not $Apply) {
        Write-Output ('What if: ' + $What)
        return
    }
    Write-Output $What
    try {
        & $Do
    }
    catch {
        throw ('Stopped at ' + $What + ': ' + $_ + ' Take out what this step has done, then go on with -Apply -From ' + $Step)
    }
}

function Wait-ByHand {
    param([string[]]$Text)
    Write-Output 'By hand, before this step goes on:'
    Write-Output $Text
    $null = Read-Host 'Enter goes on, Ctrl+C stops'
}
";

/// Writes all that stands before the first step.
pub(super) fn write_head(
    script: &Script,
    called: &BTreeSet<String>,
    out: &mut dyn Write,
) -> io::Result<()> {
    let of = |noun: &str| called.iter().any(|cmdlet| cmdlet.contains(noun));
    let (teams, graph) = (of("-Cs"), of("-Mg"));
    // Windows PowerShell 5.1 takes a file without the mark for one of the code page of the machine.
    out.write_all("\u{feff}".as_bytes())?;
    writeln!(out, "#Requires -Version 5.1")?;
    if teams {
        writeln!(
            out,
            "# Needs the module MicrosoftTeams: Connect-MicrosoftTeams"
        )?;
    }
    if graph {
        writeln!(out, "# Needs the modules Microsoft.Graph: Connect-MgGraph")?;
    }
    for note in &script.notes {
        comment(out, "", note)?;
    }
    writeln!(out, "\n# .SYNOPSIS")?;
    comment(out, "", &script.title)?;
    write!(out, "{PARAMETERS}{FUNCTIONS}")?;
    let id = script.tenant_id.as_deref().filter(|id| is_guid(id));
    if let Some(id) = id.filter(|_| teams || graph) {
        writeln!(
            out,
            "\n# The changes are for one tenant, and must not be made in another."
        )?;
        writeln!(out, "if ($Apply) {{")?;
        for (needed, asked) in [
            (teams, "(Get-CsTenant).TenantId"),
            (graph, "(Get-MgContext).TenantId"),
        ] {
            if needed {
                writeln!(out, "    if ([string]{asked} -ne '{id}') {{")?;
                writeln!(
                    out,
                    "        throw 'This is for tenant {id}: connect to it first.'"
                )?;
                writeln!(out, "    }}")?;
            }
        }
        writeln!(out, "}}")?;
    }
    Ok(())
}

/// Whether the text is 32 hexadecimal digits in five groups, and nothing else.
fn is_guid(text: &str) -> bool {
    let groups: Vec<&str> = text.split('-').collect();
    let lengths = groups.iter().map(|group| group.len());
    lengths.eq([8, 4, 4, 4, 12])
        && groups
            .iter()
            .all(|group| group.bytes().all(|byte| byte.is_ascii_hexdigit()))
}
