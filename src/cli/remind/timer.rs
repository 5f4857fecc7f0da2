//! What the three systems want to read: a systemd timer, a launchd agent, a Windows task.

use std::fmt::Write as _;

use crate::cli::remind::Errand;

/// The service the timer starts.
pub fn systemd_service(errand: &Errand) -> String {
    let command: Vec<String> = errand.command.iter().map(|w| systemd_word(w)).collect();
    format!("[Unit]\nDescription=wetink: what is due\n\n[Service]\nType=oneshot\nExecStart={}\nNice=10\n", command.join(" "))
}

/// Weekdays at the hour; a day on which the computer was off is made up for.
pub fn systemd_timer(errand: &Errand) -> String {
    format!(
        "[Unit]\nDescription=wetink: what is due, on weekdays\n\n[Timer]\nOnCalendar=Mon..Fri {:02}:00\nPersistent=true\n\n\
         [Install]\nWantedBy=timers.target\n",
        errand.hour
    )
}

/// A word of a command line: quoted, and with systemd's own marks doubled.
fn systemd_word(word: &str) -> String {
    let mut out = String::from("\"");
    for c in word.chars() {
        match c {
            '"' | '\\' => {
                out.push('\\');
                out.push(c);
            }
            '%' => out.push_str("%%"),
            '$' => out.push_str("$$"),
            '\n' => out.push_str("\\n"),
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

/// The agent: five times a week.
pub fn launchd(errand: &Errand) -> String {
    let mut out = String::from(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
         <!DOCTYPE plist PUBLIC \"-//Apple//DTD PLIST 1.0//EN\" \"http://www.apple.com/DTDs/PropertyList-1.0.dtd\">\n\
         <plist version=\"1.0\">\n<dict>\n",
    );
    let _ =
        write!(out, "  <key>Label</key>\n  <string>{}</string>\n  <key>ProgramArguments</key>\n  <array>\n", xml(&errand.name));
    for word in &errand.command {
        let _ = writeln!(out, "    <string>{}</string>", xml(word));
    }
    out += "  </array>\n  <key>StartCalendarInterval</key>\n  <array>\n";
    for weekday in 1..=5 {
        let _ = writeln!(
            out,
            "    <dict><key>Weekday</key><integer>{weekday}</integer><key>Hour</key><integer>{}</integer>\
             <key>Minute</key><integer>0</integer></dict>",
            errand.hour
        );
    }
    out + "  </array>\n</dict>\n</plist>\n"
}

/// The task, in the encoding the Task Scheduler's own files have. A run that was missed is made up for.
pub fn windows(errand: &Errand) -> Vec<u8> {
    let arguments: Vec<String> = errand.command.iter().skip(1).map(|w| windows_word(w)).collect();
    let days: String = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday"].iter().map(|d| format!("<{d} />")).collect();
    let text = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-16\"?>\r\n\
         <Task version=\"1.2\" xmlns=\"http://schemas.microsoft.com/windows/2004/02/mit/task\">\r\n\
         <RegistrationInfo><Description>wetink: what is due</Description></RegistrationInfo>\r\n\
         <Triggers><CalendarTrigger><StartBoundary>2026-01-05T{:02}:00:00</StartBoundary>\
         <ScheduleByWeek><WeeksInterval>1</WeeksInterval><DaysOfWeek>{days}</DaysOfWeek></ScheduleByWeek></CalendarTrigger></Triggers>\r\n\
         <Settings><StartWhenAvailable>true</StartWhenAvailable><MultipleInstancesPolicy>IgnoreNew</MultipleInstancesPolicy></Settings>\r\n\
         <Actions><Exec><Command>{}</Command><Arguments>{}</Arguments></Exec></Actions>\r\n\
         </Task>\r\n",
        errand.hour,
        xml(errand.command.first().map_or("wetink", String::as_str)),
        xml(&arguments.join(" "))
    );
    std::iter::once(0xFEFF_u16).chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect()
}

/// A word of a Windows command line: backslashes count only before a quote.
fn windows_word(word: &str) -> String {
    let mut out = String::from("\"");
    let mut slashes = 0;
    for c in word.chars() {
        match c {
            '\\' => slashes += 1,
            '"' => {
                out.push_str(&"\\".repeat(slashes * 2 + 1));
                slashes = 0;
            }
            _ => {
                out.push_str(&"\\".repeat(slashes));
                slashes = 0;
            }
        }
        if c != '\\' {
            out.push(c);
        }
    }
    out.push_str(&"\\".repeat(slashes * 2));
    out.push('"');
    out
}

fn xml(text: &str) -> String {
    let clean: String = text.chars().filter(|c| !c.is_control()).collect();
    clean.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn errand() -> Errand {
        let command = ["/usr/bin/wetink", "--shop", "/home/jo/100% \"my\" $hop & <co>", "due"].map(String::from).to_vec();
        Errand { name: "wetink-1".into(), command, hour: 8 }
    }

    #[test]
    fn a_folder_with_any_name_stays_one_word() {
        let service = systemd_service(&errand());
        assert!(
            service.contains("ExecStart=\"/usr/bin/wetink\" \"--shop\" \"/home/jo/100%% \\\"my\\\" $$hop & <co>\" \"due\"\n"),
            "{service}"
        );
        assert!(launchd(&errand()).contains("<string>/home/jo/100% &quot;my&quot; $hop &amp; &lt;co&gt;</string>"));
        assert_eq!(windows_word("C:\\my \"shop\"\\"), "\"C:\\my \\\"shop\\\"\\\\\"");
    }

    #[test]
    fn weekdays_at_the_hour() {
        assert!(systemd_timer(&errand()).contains("OnCalendar=Mon..Fri 08:00\nPersistent=true\n"));
        assert_eq!(launchd(&errand()).matches("<key>Hour</key><integer>8</integer>").count(), 5);
        let task = windows(&errand());
        assert_eq!(&task[..2], &[0xFF, 0xFE]);
        let units: Vec<u16> = task[2..].chunks_exact(2).map(|b| u16::from_le_bytes([b[0], b[1]])).collect();
        assert!(String::from_utf16(&units).unwrap().contains("<Monday /><Tuesday /><Wednesday /><Thursday /><Friday />"));
    }
}
