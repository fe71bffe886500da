"""The rules of the input contract, written from their descriptions."""

MEASURES = ["download_mbps", "upload_mbps", "latency_ms", "jitter_ms", "packet_loss_ratio", "signal_dbm"]


def quoted(text):
    return "'" + str(text).replace("'", "''") + "'"


def rules(settings):
    """Each rule as a condition on a row of `placed` that is true when the row fails."""
    limits, decided = settings.limits, "placed_by IN ('position', 'snapped')"
    ceiling = " ".join(f"WHEN {quoted(t)} THEN {v!r}" for t, v in limits["max_mbps"].items())
    ceiling = f"CASE COALESCE(technology, 'unknown') {ceiling} END"
    # A number beyond 10^18 does not count as finite.
    finite = "isfinite({0}) AND abs({0}) <= 1e18".format
    positive = [f"{c} IS NOT NULL AND NOT ({finite(c)} AND {c} > 0)" for c in MEASURES[:3]]
    broken = " OR ".join(
        positive + [f"jitter_ms IS NOT NULL AND NOT ({finite('jitter_ms')} AND jitter_ms >= 0)"]
    )
    speeds = [f"({finite(c)} AND {c} > {ceiling})" for c in ("download_mbps", "upload_mbps")]
    delays = [f"({finite(c)} AND {c} > {limits['max_latency_ms']!r})" for c in ("latency_ms", "jitter_ms")]
    in_range = "latitude BETWEEN -90 AND 90 AND longitude BETWEEN -180 AND 180 AND NOT (latitude = 0 AND longitude = 0)"
    home = limits["home_country"]
    return {
        "missing_id": "sample_id IS NULL",
        "missing_time": "measured_at IS NULL",
        "outside_period": f"local_day < {quoted(settings.first)} OR local_day >= {quoted(settings.until)}",
        "bad_access_type": "access_type IS NULL OR access_type NOT IN ('mobile', 'fixed')",
        "unknown_technology": "technology NOT IN ('2G', '3G', '4G', '5G', 'wifi', 'ethernet')",
        "mobile_over_fixed_link": "access_type = 'mobile' AND technology IN ('wifi', 'ethernet')",
        "unknown_status": "status NOT IN ('ok', 'failed')",
        "no_location": "given_code IS NULL AND given_name IS NULL AND (latitude IS NULL OR longitude IS NULL)",
        "unknown_commune": "commune_code IS NOT NULL AND local_day IS NOT NULL AND commune_name IS NULL",
        "unknown_commune_name": "placed_by = 'name' AND named = 0",
        "ambiguous_commune_name": "placed_by = 'name' AND named > 1",
        "outside_province": f"province_code <> {quoted(settings.province)}"
        f" OR ({decided} AND bounded AND commune_code IS NULL AND {in_range})",
        "coordinates_out_of_range": "latitude NOT BETWEEN -90 AND 90 OR longitude NOT BETWEEN -180 AND 180"
        " OR (latitude = 0 AND longitude = 0)",
        "too_imprecise": f"{decided} AND location_accuracy_m > {limits['max_location_accuracy_m']!r}",
        "position_without_boundaries": f"{decided} AND NOT bounded",
        "measure_not_positive": f"(is_ok AND ({broken}))"
        f" OR (signal_dbm IS NOT NULL AND NOT ({finite('signal_dbm')}))",
        "ratio_out_of_range": "packet_loss_ratio NOT BETWEEN 0 AND 1",
        "above_ceiling": f"is_ok AND ({' OR '.join(speeds + delays)})",
        "ok_without_measure": f"is_ok AND COALESCE({', '.join(MEASURES)}) IS NULL",
        "foreign_server": f"upper(server_country) <> {quoted(home.upper())}" if home else "FALSE",
    }
