-- Accepted tests, failed ones too, per local day and hour of the day.
SELECT local_day, local_hour, COUNT(*) AS tests
FROM accepted
GROUP BY local_day, local_hour
ORDER BY local_day, local_hour
