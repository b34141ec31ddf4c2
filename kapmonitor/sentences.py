"""What an error or a refusal says to a person: one sentence that names it and what to do.

The gaps are filled with the facts of the error; `kapmonitor.words.sentence` does so, in the chosen
language.
"""

SENTENCES = {
    # Addresses, devices, ports
    "source_no_transport": "{source!r} is no device: write TRANSPORT:ADDRESS with one of {known}, "
    "such as serial:/dev/ttyUSB0.",
    "source_transport_unknown": "{transport!r} in {source!r} is no way to a device: use one of "
    "{known}.",
    "source_protocol_malformed": "{protocol!r} in {source!r} is no protocol: see kapmonitor "
    "devices --supported.",
    "source_address_missing": "{source!r} has no address after {transport}: name a port, a "
    "Bluetooth address or a file.",
    "protocol_needed": "{file} does not say which protocol it holds: write PROTOCOL@file:{file}.",
    "not_serial": "{name} is not spoken over a serial port: see kapmonitor devices --supported.",
    "experimental_off": "{label} is experimental and switched off ({unproven}): add "
    "--experimental, or switch experimental devices on in the set-up.",
    "hid_missing": "A USB oximeter without a serial port needs the hidapi package: install "
    "kapmonitor with its extra, as in pip install 'kapmonitor[hid]'.",
    "hid_address": "{address} is no USB device: write its two ids, as in contec-eb@hid:28E9:028A.",
    "hid_unknown": "No USB device {address} is plugged in: check the cable and its two ids.",
    "hid_several": "{count} USB devices {address} are plugged in: unplug all but one.",
    "hid_refused": "The USB device {address} cannot be opened ({reason}): close other programs; on "
    "Linux a udev rule has to allow it (docs/devices/contec-eb.md).",
    "hid_protocol": "A USB device without a serial port is written to, so its protocol must be "
    "named: use one of {known}, as in contec-eb@hid:28E9:028A.",
    "not_ble": "{name} is not spoken over Bluetooth LE: see kapmonitor devices --supported.",
    "unknown_protocol": "There is no protocol {name!r}: use one of {known}.",
    "unknown_channel": "{protocol} has no channel {name!r}: use one of {known}.",
    "protocol_unsupported": "{protocol} was recognised at {port}, but is not supported yet.",
    "protocol_not_found": "No known protocol was recognised: name it, as in "
    "contec-cms50-serial@serial:PORT, and check that the device is on.",
    "wrong_protocol": "{port} sends bytes that are not {protocol}: check the device and the "
    "protocol.",
    "unknown_virtual_device": "There is no virtual device {protocol!r}: use one of {known}.",
    "unknown_scenario": "There is no scenario {name!r}: use one of {known}.",
    "bad_scenarios": "The scenarios that came with the program are damaged ({reason}): install it "
    "again.",
    "port_unknown": "There is no port {port}: plug the device in; kapmonitor devices lists the "
    "ports.",
    "port_busy": "{port} is in use by another program: close that program and try again.",
    "port_no_permission": "You may not use {port}: it belongs to the group {group}; run "
    "{command}, then log in again.",
    "port_failed": "{port} cannot be used ({reason}): plug it in again or try another port.",
    "port_gone": "{port} is gone: plug the device in again.",
    "device_silent": "{port} is silent: switch the device on and set it to send live data.",
    "device_in_use": "{device} is in use by another visit on this computer: end that visit first, "
    "or choose another device.",
    "device_other_room": "{device} ({label}) belongs to {room}: if it really is here, take it with "
    "--from-room {room!r}, or tick it in the set-up.",
    "device_not_remembered": "{device} is not remembered: kapmonitor devices lists those that are.",
    "device_ambiguous": "{device} fits {count} remembered devices: write the whole SOURCE.",
    "devices_damaged": "The list of remembered devices, {file}, cannot be read ({reason}): nothing "
    "of it is used; mend it or delete it.",
    "devices_newer": "The list of remembered devices, {file}, was written by a newer kapmonitor "
    "(version {version}): use that one.",
    "remember_needs_protocol": "{source!r} does not say what it speaks: write its protocol before "
    "it, as in ble-blood-pressure@ble:C0:00:00:00:00:10.",
    "cannot_be_remembered": "{source!r} is no device that can be remembered: name a serial port, a "
    "Bluetooth address or a USB device.",
    "site_unknown": "{site!r} is no place for a sensor: use one of {known}.",
    "device_not_in_use": "{device} is not in use in this visit.",
    "device_not_found": "The device was not found over Bluetooth: switch it on, bring it near, "
    "and let it advertise.",
    "device_not_connected": "{source} is not connected: wait for its link, then try again.",
    "not_connected": "The device is not connected: wait for its link, then try again.",
    "needs_pairing": "The device asks for pairing: put it into pairing mode and connect again.",
    "connect_failed": "The device did not accept the connection: bring it nearer and try again.",
    "command_unknown": "{source} does not understand {command!r}.",
    "cuff_busy": "{source} is measuring already: wait until it has finished, or stop it.",
    "cuff_resting": "{source} can be started again in {seconds} s: the arm rests after a cycle.",
    "write_refused": "Nothing was sent: this is not on the list of what the device may be told "
    "({hex}).",
    "bluetooth_missing": "Bluetooth is not available: no adapter or no Bluetooth service was "
    "found; plug an adapter in or use a serial device.",
    "bluetooth_off": "Bluetooth is switched off: switch it on in the system's settings.",
    "bluetooth_no_permission": "This program may not use Bluetooth: allow it in the system's "
    "settings.",
    "pty_needs_posix": "Virtual serial ports need Linux or macOS.",
    # Files that are read
    "file_unreadable": "{file} cannot be read ({reason}): check its name and rights.",
    "input_empty": "There is nothing to decode: the input is empty.",
    "capture_silent": "The capture holds no bytes: the device sent nothing while it ran. A cuff "
    "sends when it has measured.",
    "input_bad_hex": "Line {line} is not hex text ({text!r}): write two digits a byte, one packet "
    "a line.",
    "bad_chunk": "{value} is no size of pieces: use 1 or more.",
    "capture_broken": "Line {line} of the capture is broken ({reason}): capture it again.",
    "capture_missing": "{file} cannot be read ({reason}): check its name and rights.",
    "capture_not_a_capture": "{file} is not a capture of kapmonitor.",
    "capture_not_ours": "{file} exists and is not a capture: choose another name.",
    "capture_too_new": "The capture was made by a newer kapmonitor (version {version}): use that "
    "one.",
    "capture_unwritable": "{file} cannot be written ({reason}): choose another folder.",
    "source_not_capturable": "{source} cannot be captured: name a serial or a Bluetooth device.",
    "catalogue_value": "{file}, {place}: {reason}.",
    # Past readings
    "past_empty": "{file} is empty: export it once more from the program that wrote it.",
    "past_not_text": "{file} is a document or a program, not a table: export the values as CSV.",
    "past_layout_unknown": "{file} is neither a record nor a table with a time and a vital "
    "({found}): name its columns, as in --columns time=Clock,spo2=Sat.",
    "past_columns_malformed": "{text!r} names no column: write VITAL=NAME, as in heart_rate=HR.",
    "past_vital_unknown": "{name!r} is no column that is read: use {known}.",
    "past_column_missing": "There is no column {name!r}: the file has {known}.",
    "past_columns_of_record": "{file} is a record and has no columns: leave --columns out.",
    "past_no_times": "The column {column} holds no times ({text!r}): name another with --columns "
    "time=NAME.",
    "past_baseline_malformed": "{text!r} is no baseline: write SYSTOLIC/DIASTOLIC/PULSE, as in "
    "118/74/70, and - for one that is not known.",
    # Plans, checklists, limits
    "data_file_syntax": "{file} is wrong at {place}: {reason}.",
    "data_file_value": "{file} is wrong at {place}: {reason}.",
    "data_file_unknown": "There is no {name!r}: use one of {known}, or a path to a file.",
    "data_file_missing": "There is no file {file}: check its name.",
    "data_file_not_text": "{file} is not a text file: a plan is TOML text in UTF-8.",
    "data_file_unreadable": "{file} cannot be read ({reason}): check its rights.",
    "unknown_route": "There is no route {name!r}: use one of {known}.",
    # Records and folders
    "not_a_record": "{path} is not a kapmonitor record, or bytes were cut off or added: use a "
    "backup.",
    "no_such_session": "There is no session {session!r}: kapmonitor sessions lists them.",
    "record_in_use": "{path} is in use by another kapmonitor: close that one first.",
    "record_exists": "{path} exists already: choose another folder, nothing was overwritten.",
    "record_newer": "The record was made by a newer kapmonitor (version {version}): use that one.",
    "record_damaged": "{path} is damaged: kapmonitor verify tells where; use a backup.",
    "record_empty": "{path} holds no session yet.",
    "record_unreadable": "{path} cannot be read: check the disk and your rights.",
    "record_changed": "{path} was changed by somebody else while it was open.",
    "not_sealed": "The record could not be written to its end and is not sealed: free some space; "
    "what it holds can be exported.",
    "not_whole": "{path} is not a whole, sealed record: see kapmonitor verify; it stays where it "
    "is.",
    "archive_differs": "{path} is there already and is not the same: choose another folder; "
    "nothing was removed.",
    "archive_same": "The record lies in {path} already: choose another folder.",
    "too_young": "This record is kept until {until}: archive it instead, or change keep_years in "
    "settings.json.",
    "not_confirmed": "Nothing was deleted: type the session's id again to confirm, or give "
    "--confirm {session}.",
    "one_act": "Give one of --archive FOLDER and --delete.",
    "log_damaged": "{path} is not a log of this program: put it back from a backup.",
    "not_sealed_yet": "This visit is not sealed yet: resume it and end it; then corrections can "
    "follow.",
    "read_only": "{path} may not be written: check your rights; nothing was added.",
    "write_failed": "{path} cannot be written: check the disk; nothing was added.",
    "record_sealed": "{path} is sealed: only amendments can follow.",
    "record_lost": "{path} is gone: plug the disk in again.",
    "database_missing": "The encryption library cannot be loaded ({reason}): install kapmonitor "
    "again.",
    "wrong_key": "{path} does not open with this key.",
    # Keys
    "key_unknown": "{path} was made with the key of another installation: type that one's recovery "
    "key into kapmonitor keys recover, or check that this is a record.",
    "no_keys": "No key has been made here yet: start a visit, or run kapmonitor keys setup.",
    "keys_exist": "There is a key here already: kapmonitor keys tells how it is kept.",
    "no_key_keeper": "This system has no keyring to keep the key of the records: set "
    "KAPMONITOR_PASSPHRASE or give --passphrase-file FILE; nothing was made.",
    "keys_locked": "The records here are locked by a passphrase: set KAPMONITOR_PASSPHRASE or give "
    "--passphrase-file FILE.",
    "wrong_passphrase": "This passphrase is not the right one: try again, or use the recovery key "
    "with kapmonitor keys recover.",
    "wrong_passphrase_typed": "This passphrase is not the right one: type it again, or press "
    "“Passphrase forgotten”.",
    "passphrase_missing": "Type the passphrase first.",
    "passphrase_empty": "An empty passphrase protects nothing: choose another one.",
    "passphrase_short": "A passphrase of {letters} characters is guessed soon: take at least "
    "{least}, best four words.",
    "passphrases_differ": "The two passphrases are not the same: type them again.",
    "passphrase_file": "The passphrase file {path} cannot be read ({reason}): check its name and "
    "rights.",
    "keyring_failed": "The system's keyring does not answer ({reason}): unlock it and try again, "
    "or use the recovery key with kapmonitor keys recover.",
    "keyring_lost": "The system's keyring does not hold the key of the records any more: use the "
    "recovery key with kapmonitor keys recover; without it nobody can read them.",
    "keys_damaged": "The keys in {path} are damaged: put the file back from a backup, or move it "
    "away and use the recovery key with kapmonitor keys recover.",
    "keys_newer": "The keys in {path} were made by a newer kapmonitor: use that one.",
    "recovery_shown": "The recovery key was kept already and is not shown again: kapmonitor keys "
    "check tells whether a paper is the right one.",
    "recovery_letter": "{letter!r} is no letter of a recovery key: it has no I, O, 0 and 1.",
    "recovery_length": "A recovery key has {whole} letters, this one {letters}: check that no "
    "group is missing.",
    "recovery_group": "There is a slip in group {group} of the recovery key: compare it with the "
    "paper.",
    "recovery_needed": "There is no terminal to type the recovery key at: give "
    "--recovery-file FILE.",
    "demo_with_real_device": "{path} is a demonstration, which anybody can read: begin a visit of "
    "its own for a patient.",
    "signing_key_broken": "The signing key {path} is damaged: put it back from a backup, or move "
    "it away and a new one is made.",
    "settings_damaged": "{file} is damaged ({reason}): the program goes on with settings of "
    "its own; choose yours again.",
    "folder_unwritable": "{path} cannot be written ({reason}): choose another folder.",
    "logo_unreadable": "{file} cannot be used as a logo ({reason}): put a PNG or JPEG of at most "
    "2 MB and 4000 pixels there, or take it away.",
    "extra_missing": "{what} files need an optional part of the program: install "
    "kapmonitor[{extra}].",
    "export_cancelled": "The export was cancelled; nothing unfinished was left.",
    "export_failed": "The export failed ({reason}): try again, or free some memory first.",
    "disk_full": "The disk is full: free some space; nothing is lost while the program runs.",
    # Refusals of a command
    "session_ended": "The visit has ended; only amendments can follow.",
    "in_the_future": "This lies {seconds} s in the future: set the time back.",
    "note_empty": "The note is empty.",
    "end_by_ending": "A visit ends by ending it, which seals the record.",
    "leaving_early": "The minimum observation lasts {minutes} more minutes: give a reason for "
    "leaving early.",
    "before_the_visit": "This lies before the visit was opened: give a session time of this visit.",
    "unknown_unit": "A dose in {unit!r} is not understood: give it in {known}.",
    "dose_too_large": "{amount:g} {unit} is more than ten times the plan's largest dose: check the "
    "amount.",
    "route_of_another_plan": "This visit follows the plan of the route {known!r}: a dose by "
    "{route!r} needs a visit of its own.",
    "cancelled": "Cancelled.",
    "not_saved": "This could not be written: the record ended before it.",
    "engine_lost": "Monitoring has stopped by a fault: watch the patient by other means, then "
    "resume the visit.",
    "fault": "A fault in the program kept this from being done: please report it.",
    "dose_not_positive": "A dose of {amount:g} cannot be: enter the amount in mg.",
    "predose_gate": "The last pressure, {systolic}/{diastolic} {pressure_unit}, is above the "
    "plan's {most_systolic}/{most_diastolic} before a dose: give a reason (gate_reason), or "
    "measure again.",
    "unknown_infusion_action": "{action!r} is nothing a pump does: use one of {known}.",
    "infusion_runs": "The infusion runs already: change its rate or stop it.",
    "no_infusion": "No infusion is running.",
    "bad_rate": "A rate of {rate} mg/min cannot be: use more than 0 and at most {most:g}.",
    "before_the_last_change": "This lies before the infusion's last change: give a later time.",
    "bad_oxygen": "{litres:g} l/min of oxygen cannot be: use 0 to {most:g}.",
    "no_oxygen": "The patient is not on oxygen.",
    "medicine_incomplete": "The {field} of the medicine is missing.",
    "baseline_not_frozen": "The baseline is not frozen before the dose: measure again.",
    "unknown_note_kind": "There is no kind of note {kind!r}: use one of {known}.",
    "no_such_event": "There is no event {number} to which a detail could be added.",
    "unknown_instrument": "This visit has no instrument {name!r}: its plan names {known}.",
    "unknown_readiness_item": "There is no item {item!r}: use one of {known}.",
    "leaving_early_name": "Leaving early needs the name of who decides.",
    "no_dose": "No dose is recorded.",
    "pressure_missing": "Enter both pressures, systolic and diastolic.",
    "impossible_reading": "These numbers cannot be a measurement: read the display again.",
    "no_cuff_to_command": "No cuff that can be started from here is in use: start it by hand.",
    "unknown_action": "{action!r} is nothing a cuff can be asked: use one of {known}.",
    "no_such_sensor": "Name the sensor that is taken off: {known}.",
    "sensor_alarm_is_high": "The sensor's own alarm is high ({alarm}): it cannot be taken off now.",
    "felt_in_the_future": "That time has not come yet.",
    "felt_before_the_visit": "That was before the visit.",
    "nothing_due": "No {check} is due.",
    "nothing_done": "No {check} since the dose could count for the next one.",
    "not_early": "The next check is {minutes} min later, and nearer to the one before: not early.",
    "folder_missing": "Name a folder on another disk.",
    "reason_missing": "Give a reason.",
    "name_missing": "Say who changes it.",
    "appointment_in_training": "A training has no patient and no appointment.",
    "name_in_training": "No patient's name goes into a demonstration or training.",
    "names_not_kept": "Patients' names are not kept: the settings, Clinic, switch it on.",
    "patient_name_missing": "Give the patient's name.",
    "patient_name_long": "A name has at most {longest} letters.",
    "plan_field": "{field} cannot be {value!r}: use {low} to {high}.",
    "plan_to_copy": "Name the plan to copy, as in kapmonitor plans intranasal --copy our-spray.",
    "plan_copy_missing": "A plan is changed in a copy: add --copy NAME, --by and --reason.",
    "plan_field_unknown": "{text!r} changes nothing in a plan: write FIELD=VALUE with one "
    "of {known}.",
    "plan_name": "{name!r} is no name for a plan: use at most 40 small letters, digits and "
    "hyphens.",
    "name_taken": "{name!r} is the name of another file of the clinic: choose another one.",
    "preset_field": "{field} cannot be {value!r}: use {allowed}.",
    "form_text_empty": "{field}: write some words.",
    "form_text_long": "{field}: at most {longest} letters.",
    "form_choices": "{field} has {count} choices: write so many, with semicolons between them.",
    "form_added": "{field}: a new item needs a kind and a group of the form.",
    "form_no_items": "A form needs an item at least.",
    "form_item_needed": "{item} stays: alarms, scores or leaving are judged by it.",
    "unknown_command": "There is no command {command!r}.",
    "unknown_item": "The checklist has no item {item!r}.",
    "item_missing": "{item} is not answered.",
    "bad_answer": "{value!r} is no answer to {item}: use {allowed}.",
    "nothing_to_acknowledge": "There is no such alarm to acknowledge ({alarm}).",
    "unknown_alarm": "There is no alarm {alarm!r}.",
    "alarm_has_one_limit": "{alarm} has no second limit to change.",
    "alarm_has_no_limit": "{alarm} has no limit to change.",
    "high_cannot_be_off": "{alarm} is a high alarm and cannot be switched off.",
    "limit_out_of_range": "The limit of {alarm} may be set from {low} to {high}.",
    # Who acts
    "locked": "The visit is locked: press W and say who you are. Alarms can be acknowledged and "
    "paused without.",
    "who_acts": "Say first who acts: press W, or give a name with --by.",
    "not_acting": "{name} has a PIN: press W and give it, then enter this again.",
    "pin_missing": "Give the PIN of {name}.",
    "pin_wrong": "This is not the PIN of {name}: try again.",
    "pin_wait": "Five wrong PINs for {name}: wait {seconds} s, or let somebody else unlock.",
    "pin_to_unlock": "Only somebody with a PIN can unlock: choose one of them.",
    "pin_malformed": "A PIN has {shortest} to {longest} digits and nothing else.",
    "appointments_damaged": "{file} is damaged ({reason}): move it away to begin anew.",
    "appointment_too_late": "An integration appointment lies within {hours} hours of the visit.",
    "staff_damaged": "{file} is damaged ({reason}): put it back from a backup, or move it away to "
    "go on without PINs.",
    "staff_known": "{name} is in the list already; a retired person can be brought back.",
    "staff_unknown": "There is no {name!r} in the staff list: use one of {known}.",
    "staff_name": "A name has 1 to {longest} letters and no semicolon.",
    "staff_role": "There is no role {role!r}: use one of {known}.",
    "staff_one_at_a_time": "Name one person with one of --add, --change, --retire, --back.",
    "staff_needs_role": "Say what {name} is here: add --role.",
    "staff_needs_change": "Say what changes for {name}: --role, --pin or --unpin.",
    "nothing_to_sign": "There is nothing to sign ({number}): all acts under the lock are signed.",
    "signed_already": "{name} has signed this visit: another person may sign too.",
    "unsigned_acts": "{count} acts under the lock are not signed: sign them first.",
    "signature_missing": "{missing} signature(s) are missing: sign, or say why one is missing.",
    "no_such_entry": "There is no entry {number}: this visit has entries 1 to {last}.",
    "unknown_emergency": "{action!r} is nothing of the emergency list: use one of {known}.",
    # The command line
    "no_passkey_wanted": "No device waits for a passkey now: start its measurement again.",
    "passkey_malformed": "A passkey has six digits: type those on the device's display.",
    "not_chosen_for": "For {vital!r} no source is chosen: use one of {known}.",
    "option_needs": "{option} goes with {other}: add it, or leave {option} out.",
    "headless_only": "{option} is for a visit without a window: add --headless.",
    "no_font": "The window cannot draw digits: install kapmonitor again, its font is missing.",
    "no_display": "There is no display: run kapmonitor simulate, or kapmonitor run --headless.",
}
