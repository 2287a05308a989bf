# A daemon or a schedule that is dead cannot say so: Google watches from outside.

resource "google_monitoring_notification_channel" "mail" {
  display_name = "Showlist"
  type         = "email"
  labels       = { email_address = var.mail }
  depends_on   = [google_project_service.used]
}

resource "google_logging_metric" "sign" {
  for_each = var.signs
  name     = "showlist_${each.key}"
  filter   = "resource.type=\"${each.value.resource}\" AND (${each.value.lines})"
  metric_descriptor {
    metric_kind = "DELTA"
    value_type  = "INT64"
  }
  depends_on = [google_project_service.used]
}

# By PromQL, as a condition of absence (condition_absent) looks back 23.5 hours at most, and what is
# missed here comes once a week.
resource "google_monitoring_alert_policy" "missing" {
  for_each              = var.signs
  display_name          = "Showlist: ${each.value.missing}"
  combiner              = "OR"
  notification_channels = [google_monitoring_notification_channel.mail.id]

  conditions {
    display_name = each.value.missing
    condition_prometheus_query_language {
      # Silence may be recorded as zeros, or not at all.
      query = join(" ", [
        "absent_over_time(${local.series[each.key]}[${each.value.within}])",
        "or sum(sum_over_time(${local.series[each.key]}[${each.value.within}])) < 1",
      ])
      evaluation_interval = "3600s"
      # The metric is known to Monitoring only some minutes after it was made.
      disable_metric_validation = true
    }
  }
  documentation {
    content = "${each.value.missing}. docs/google-cloud.md, \"When it is silent\", says where to look."
  }
}

locals {
  # https://cloud.google.com/monitoring/promql/promql-mapping
  series = {
    for name, sign in var.signs : name =>
    "logging_googleapis_com:user_${google_logging_metric.sign[name].name}{monitored_resource=\"${sign.resource}\"}"
  }
}

data "google_project" "this" {
  project_id = var.project
}

resource "google_billing_budget" "month" {
  count           = var.billing_account == "" ? 0 : 1
  billing_account = var.billing_account
  display_name    = "Showlist"
  budget_filter {
    projects = ["projects/${data.google_project.this.number}"]
  }
  amount {
    specified_amount { units = tostring(var.budget) }
  }
  threshold_rules { threshold_percent = 0.5 }
  threshold_rules { threshold_percent = 1.0 }
  all_updates_rule {
    monitoring_notification_channels = [google_monitoring_notification_channel.mail.id]
  }
  depends_on = [google_project_service.used]
}
